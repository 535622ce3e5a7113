using Automation.Activities.Crm.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Writes;

/// <summary>Posts JSON to an address. The body is fixed when planned, so every try sends the same bytes.</summary>
[Activity("Crm", "CRM", "Posts JSON to an address, signed when a connection is named.", DisplayName = "Send webhook",
    DisplayNameRu = "Отправить вебхук", DescriptionRu = "Отправляет JSON на адрес; если указано подключение, подписывает.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class SendWebhook : Activity, IResilientActivity
{
    public const string DoneOutcome = "Done";
    public const string FailedOutcome = "Failed";

    [Input(DisplayName = "Address", Description = "Where to post.", DisplayNameRu = "Адрес", DescriptionRu = "Куда отправить.", Order = 1, DefaultSyntax = "Liquid", CanContainSecrets = true, IsRequired = true)]
    public Input<string>? Url { get; set; }

    [Input(DisplayName = "Body", Description = "JSON. Empty: the deal.", DisplayNameRu = "Тело", DescriptionRu = "JSON. Пусто: сделка.", Order = 2, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<JToken>? Body { get; set; }

    [Input(DisplayName = "Headers", Description = "JSON object of further headers.", DisplayNameRu = "Заголовки", DescriptionRu = "JSON-объект дополнительных заголовков.", Order = 3, UIHint = "json-editor", CanContainSecrets = true)]
    public Input<JToken>? Headers { get; set; }

    [Input(DisplayName = "Signed by", Description = "Name of the connection whose secret signs it (Standard Webhooks). Empty: not signed.",
        DisplayNameRu = "Подпись", DescriptionRu = "Название подключения, секретом которого подписывать (Standard Webhooks). Пусто: без подписи.", Order = 4, UIHint = "connection")]
    public Input<string>? SignedBy { get; set; }

    [Output(DisplayName = "Status", Description = "HTTP status of the answer.", DisplayNameRu = "Код ответа", DescriptionRu = "HTTP-код ответа.")]
    public Output<int>? Status { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (!Uri.TryCreate(context.Get(Url), UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
        {
            await context.EndAsync(FailedOutcome, "url_invalid");
            return;
        }
        if (await BodyAsync(context) is not { } body)
        {
            await context.EndAsync(FailedOutcome, "body_invalid");
            return;
        }
        var request = new JObject
        {
            ["method"] = "POST",
            ["url"] = url.AbsoluteUri,
            ["headers"] = Tokens.Read<JObject>(context.Get(Headers)) ?? [],
            ["body"] = body,
            ["contentType"] = "application/json",
        };
        ConnectionId? connection = null;
        if (context.Get(SignedBy) is { Length: > 0 } name)
        {
            connection = await context.ConnectionAsync<IHookSource>(name);
            request["sign"] = StandardWebhooks.Scheme;
        }
        // A signed receiver knows our key by webhook-id; of any other nobody can tell.
        var policy = connection is null ? EffectPolicy.Hold : EffectPolicy.Retry;
        context.PlanEffect(new("http", connection, request, policy, $"POST {url.Host}"), OnSentAsync);
    }

    private async ValueTask<string?> BodyAsync(ActivityExecutionContext context)
    {
        var given = context.Get(Body) is { Type: not JTokenType.Null } body ? body : await context.RootAsync("deal") ?? [];
        if (given is not JValue { Value: string text }) return given.ToString(Formatting.None);
        try
        {
            return Tokens.Parse(text).ToString(Formatting.None);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ValueTask OnSentAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (outcome.Value.SelectToken("status") is { } status) context.Set(Status, (int)status);
        return outcome.Done ? context.EndAsync(DoneOutcome) : context.EndAsync(FailedOutcome, outcome.Code);
    }
}
