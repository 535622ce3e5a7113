using System.Text.RegularExpressions;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Http;

/// <summary>What an <see cref="HttpEndpoint"/> waits for.</summary>
/// <param name="Method">In lower case.</param>
/// <param name="Authorize">Only with a key of the account.</param>
public sealed record HttpEndpointStimulus(string Path, string Method, bool Authorize);

/// <summary>
/// Starts the workflow with an HTTP request to <c>/workflows/{account}/{path}</c> at the hooks' address, or waits for one. The request is
/// stored before anything runs; it is the run's input <c>http</c>.
/// </summary>
[Activity("Elsa", "HTTP", "Starts the workflow with an HTTP request, or waits for one.", Kind = ActivityKind.Trigger, DisplayName = "HTTP Endpoint", DisplayNameRu = "HTTP-адрес", CategoryRu = "HTTP", DescriptionRu = "Запускает сценарий по HTTP-запросу или ждёт его."), Deterministic]
public sealed partial class HttpEndpoint : Trigger<JToken>
{
    private const int DefaultTimeout = 10;
    private const int LongestTimeout = 60;
    private const int DefaultSize = 1024 * 1024;
    private const int LargestSize = 10 * 1024 * 1024;

    [Input(Description = "Such as orders/{id}.", DisplayNameRu = "Путь", DescriptionRu = "Например, orders/{id}.", Order = 0)] public Input<string>? Path { get; set; }

    [Input(DisplayName = "Supported methods", DisplayNameRu = "Методы", UIHint = "checklist", Options = new[] { "GET", "POST", "PUT", "HEAD", "DELETE" }, Order = 1)]
    public Input<ICollection<string>>? SupportedMethods { get; set; }

    [Input(DisplayNameRu = "Только с ключом", Description = "Only with a key of the account.", DescriptionRu = "Отвечать только на запросы с ключом учётной записи.", Order = 2)] public Input<bool>? Authorize { get; set; }

    [Input(DisplayNameRu = "Правило доступа", Order = 3)] public Input<string>? Policy { get; set; }

    [Input(DisplayName = "Request timeout", Description = "How long the caller waits for the answer, at most one minute.", DisplayNameRu = "Ожидание ответа", Order = 4)] public Input<TimeSpan?>? RequestTimeout { get; set; }

    [Input(DisplayName = "Request size limit", Description = "Of the body, in bytes.", DisplayNameRu = "Наибольший размер, байт", Order = 5)] public Input<long?>? RequestSizeLimit { get; set; }

    [Output] public Output<JToken>? ParsedContent { get; set; }

    [Output] public Output<JObject>? RouteData { get; set; }

    [Output] public Output<JObject>? QueryStringData { get; set; }

    [Output] public Output<JObject>? Headers { get; set; }

    protected override IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context)
    {
        if (context.Get(Policy) is { Length: > 0 }) throw new ActivityFaultException("policy_unknown", "There are no policies here: use 'Authorize', which asks for a key of the account.");
        var (path, rules) = (PathOf(context.Get(Path)), (context.Get(RequestTimeout), context.Get(RequestSizeLimit)));
        return [.. Methods(context.Get(SupportedMethods)).Select(method => new HttpEndpointRules(
            path, method.ToLowerInvariant(), context.Get(Authorize), Seconds(rules.Item1), (int)Math.Clamp(rules.Item2 ?? DefaultSize, 1, LargestSize)))];
    }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow() && context.WorkflowInput.TryGetValue(HttpEndpointRules.Input, out var request))
        {
            await TakeAsync(context, request);
            return;
        }

        var path = PathOf(context.Get(Path));
        foreach (var method in Methods(context.Get(SupportedMethods)))
            context.CreateBookmark(new CreateBookmarkArgs { BookmarkName = SharedStimuli.Http, Stimulus = new HttpEndpointStimulus(SharedStimuli.HttpPath(path), method.ToLowerInvariant(), context.Get(Authorize)), IncludeActivityInstanceId = false, Callback = OnRequestAsync });
    }

    private ValueTask OnRequestAsync(ActivityExecutionContext context) => TakeAsync(context, context.ActivityInput);

    private ValueTask TakeAsync(ActivityExecutionContext context, JToken request)
    {
        context.Set(ParsedContent, request["body"]?.DeepClone());
        context.Set(RouteData, (JObject?)request["route"]?.DeepClone());
        context.Set(QueryStringData, (JObject?)request["query"]?.DeepClone());
        context.Set(Headers, (JObject?)request["headers"]?.DeepClone());
        context.SetResult(request["body"]?.DeepClone());
        return context.CompleteActivityAsync();
    }

    private static string PathOf(string? path)
    {
        if (path?.Trim('/') is not { Length: > 0 } given) throw new ActivityFaultException("path_missing", "The endpoint has no path.");
        return Template().IsMatch(given) ? given : throw new ActivityFaultException("path_invalid", $"'{given}' is no path: write words between slashes, and parameters as {{name}}, each name once, such as orders/{{id}}.");
    }

    // Words, or one parameter, between slashes; a name that comes twice would leave it open which is meant.
    [GeneratedRegex(@"^(?!.*\{(\w+)\}.*\{\1\})([^/{}?#*\s]+|\{[A-Za-z_]\w*\})(/([^/{}?#*\s]+|\{[A-Za-z_]\w*\}))*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Template();

    private static IEnumerable<string> Methods(ICollection<string>? methods) => methods is { Count: > 0 } ? methods : ["GET"];

    private static int Seconds(TimeSpan? timeout) => timeout is { } given && given > TimeSpan.Zero ? (int)Math.Clamp(Math.Ceiling(given.TotalSeconds), 1, LongestTimeout) : DefaultTimeout;
}

/// <summary>Answers the request that an <see cref="HttpEndpoint"/> took, if its caller still waits.</summary>
[Activity("Elsa", "HTTP", "Answers an HTTP request.", DisplayName = "HTTP Response", DisplayNameRu = "HTTP-ответ", CategoryRu = "HTTP", DescriptionRu = "Отвечает на HTTP-запрос, с которого начался сценарий."), Deterministic]
public sealed class WriteHttpResponse : CodeActivity
{
    [Input(DisplayName = "Status code", DisplayNameRu = "Код", DefaultValue = 200, Order = 0)] public Input<int>? StatusCode { get; set; }

    [Input(DisplayNameRu = "Содержимое", Order = 1)] public Input<JToken>? Content { get; set; }

    [Input(DisplayName = "Content type", DisplayNameRu = "Тип содержимого", Order = 2)] public Input<string>? ContentType { get; set; }

    [Input(DisplayName = "Response headers", DisplayNameRu = "Заголовки", UIHint = "json-editor", Order = 3)] public Input<JObject>? ResponseHeaders { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var status = context.Get(StatusCode);
        if (status is < 200 or > 599) throw new ActivityFaultException("status_invalid", $"{status} is no status of an answer; take one from 200 to 599.");
        var content = context.Get(Content);
        var text = content is null or { Type: JTokenType.Null } ? "" : ValueConverter.Text(content) ?? "";
        var type = context.Get(ContentType) is { Length: > 0 } given ? given : content is JContainer ? "application/json" : "text/plain";
        Flow.Finish.Top(context).Properties[HttpEndpointRules.Answer] = new JObject { ["status"] = status, ["content"] = text, ["type"] = type, ["headers"] = context.Get(ResponseHeaders)?.DeepClone() ?? new JObject() };
        context.JournalData["status"] = status;
    }
}
