using System.Text.RegularExpressions;
using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Http;

/// <summary>Base of the activities that send an HTTP request as an effect.</summary>
[ResilienceCategory("HTTP")]
public abstract partial class HttpRequestActivity : Activity, IResilientActivity
{
    private static readonly string[] Refusals = ["url_denied", "destination_denied", "redirect_denied", "header_denied", "response_too_large"];

    [Input(DisplayNameRu = "Адрес", Order = 0)] public Input<Uri>? Url { get; set; }

    [Input(DisplayNameRu = "Метод", DefaultValue = "GET", UIHint = "dropdown", Options = new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS" }, Order = 1)] public Input<string>? Method { get; set; }

    [Input(DisplayNameRu = "Тело", Order = 2)] public Input<JToken>? Content { get; set; }

    /// <summary>Elsa's list, without multipart: no body of parts is made here.</summary>
    [Input(DisplayNameRu = "Тип тела", UIHint = "dropdown", Order = 3, Options = new[]
    {
        "", "application/json", "application/octet-stream", "application/soap+xml", "application/x-www-form-urlencoded", "application/xml", "text/html", "text/json", "text/plain", "text/richtext", "text/xml",
    })]
    public Input<string>? ContentType { get; set; }

    [Input(DisplayNameRu = "Авторизация", CanContainSecrets = true, Order = 4)] public Input<string>? Authorization { get; set; }

    /// <summary>Off: what is no scheme, with or without credentials behind it, is refused before it is sent.</summary>
    [Input(DisplayNameRu = "Не проверять заголовок авторизации", Order = 5)] public Input<bool>? DisableAuthorizationHeaderValidation { get; set; }

    [Input(DisplayNameRu = "Заголовки", UIHint = "json-editor", Order = 6)] public Input<JObject>? RequestHeaders { get; set; }

    [Output(DisplayNameRu = "Код ответа")] public Output<int>? StatusCode { get; set; }

    /// <summary>JSON when the answer is JSON, otherwise its text.</summary>
    [Output(DisplayNameRu = "Содержимое ответа")] public Output<JToken>? ParsedContent { get; set; }

    [Output(DisplayNameRu = "Заголовки ответа", CanContainSecrets = true)] public Output<JObject>? ResponseHeaders { get; set; }

    /// <summary>Named as in .NET's <c>HttpResponseMessage</c>: StatusCode, IsSuccessStatusCode, Headers; Content is the body's text.</summary>
    [Output(DisplayNameRu = "Ответ", IsSerializable = false, CanContainSecrets = true)] public Output<JObject>? Result { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.Get(Url) is not { IsAbsoluteUri: true } url)
            throw new ActivityFaultException("url_denied", "The address is empty or not absolute; it must begin with https:// or http://.");
        var method = context.Get(Method) is { Length: > 0 } given ? given.ToUpperInvariant() : "GET";
        var headers = context.Get(RequestHeaders) ?? [];
        if (context.Get(Authorization) is { Length: > 0 } authorization)
        {
            // The value itself is a secret and stays out of the message.
            if (!context.Get(DisableAuthorizationHeaderValidation) && !Credentials().IsMatch(authorization))
                throw new ActivityFaultException("authorization_invalid", "The authorization must be a scheme and what it takes, such as Bearer and a token. To send another one, switch its validation off.");
            headers[nameof(Authorization)] = authorization;
        }

        var request = new JObject { ["method"] = method, ["url"] = url.AbsoluteUri, ["headers"] = headers, ["expected"] = new JArray(Expected(context)) };
        AddContent(request, context.Get(Content), context.Get(ContentType));
        context.PlanEffect(new EffectRequest(HttpEffectHandler.EffectKind, null, request, EffectPolicy.Retry, $"{method} {url.Host}"), OnAnsweredAsync);
    }

    /// <summary>Status codes that are an answer and not a reason to try again, whatever they say.</summary>
    protected abstract IEnumerable<int> Expected(ActivityExecutionContext context);

    protected abstract ValueTask OnStatusAsync(ActivityExecutionContext context, int status);

    protected abstract ValueTask OnNoAnswerAsync(ActivityExecutionContext context, bool isTimeout);

    private ValueTask OnAnsweredAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (Refusals.Contains(outcome.Code, StringComparer.Ordinal)) outcome.EnsureDone();
        if (!outcome.Done)
        {
            context.AddExecutionLogEntry("NoAnswer", outcome.Message);
            return OnNoAnswerAsync(context, outcome.Code is "activity_timeout" or "timeout");
        }
        var status = (int)outcome.Value["status"]!;
        var text = (string?)outcome.Value["body"] ?? "";
        var isJson = ((string?)outcome.Value["contentType"] ?? "").Contains("json", StringComparison.OrdinalIgnoreCase);
        context.Set(StatusCode, status);
        context.Set(ParsedContent, isJson && JsonText.TryParse(text, out var json) ? json : text);
        context.Set(ResponseHeaders, (JObject?)outcome.Value["headers"]?.DeepClone());
        context.Set(Result, new JObject { [nameof(StatusCode)] = status, ["IsSuccessStatusCode"] = status is >= 200 and < 300, ["Headers"] = outcome.Value["headers"]?.DeepClone(), [nameof(Content)] = text });
        context.JournalData["status"] = status;
        return OnStatusAsync(context, status);
    }

    // RFC 9110, 11.4: a token, and behind it a token68 or parameters.
    [GeneratedRegex(@"^[!#$%&'*+.^_`|~0-9A-Za-z-]+( +\S.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();

    private static void AddContent(JObject request, JToken? content, string? contentType)
    {
        if (content is null || content.Type == JTokenType.Null) return;
        var isForm = contentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
        request["body"] = content switch
        {
            JObject fields when isForm => string.Join('&', fields.Properties().Select(f => $"{Uri.EscapeDataString(f.Name)}={Uri.EscapeDataString(ValueConverter.Text(f.Value) ?? "")}")),
            JValue { Value: string text } => text,
            _ => content.ToString(Formatting.None),
        };
        request["contentType"] = contentType is { Length: > 0 } ? contentType : content is JContainer ? "application/json" : "text/plain";
    }
}
