using System.Text.RegularExpressions;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Http;

/// <summary>What an <see cref="HttpEndpoint"/> waits for.</summary>
/// <param name="Path">Its shape (<see cref="HttpPath.Shape"/>).</param>
/// <param name="Method">In lower case.</param>
/// <param name="Authorize">Only with a key of the account.</param>
public sealed record HttpEndpointStimulus(string Path, string Method, bool Authorize);

/// <summary>
/// Starts the workflow with an HTTP request to <c>/workflows/{account}/{path}</c> at the hooks' address, or waits for one. The request is
/// stored before anything runs; it is the run's input <c>http</c>. Files of a form are stored with it, as base64.
/// </summary>
[Activity("Elsa", "HTTP", "Starts the workflow with an HTTP request, or waits for one.", Kind = ActivityKind.Trigger, DisplayName = "HTTP Endpoint", DisplayNameRu = "HTTP-адрес", CategoryRu = "HTTP", DescriptionRu = "Запускает сценарий по HTTP-запросу или ждёт его."), Deterministic]
public sealed partial class HttpEndpoint : Trigger<JToken>
{
    private const int DefaultTimeout = 10;
    private const int LongestTimeout = 60;
    private const int LargestSize = 10 * 1024 * 1024;

    [Input(Description = "Such as orders/{id}.", DisplayNameRu = "Путь", DescriptionRu = "Например, orders/{id}.", Order = 0)] public Input<string>? Path { get; set; }

    [Input(DisplayName = "Supported methods", DisplayNameRu = "Методы", UIHint = "checklist", Options = new[] { "GET", "POST", "PUT", "HEAD", "DELETE" }, Order = 1)]
    public Input<ICollection<string>>? SupportedMethods { get; set; }

    [Input(DisplayNameRu = "Только с ключом", Description = "Only with a key of the account.", DescriptionRu = "Отвечать только на запросы с ключом учётной записи.", Order = 2)] public Input<bool>? Authorize { get; set; }

    [Input(DisplayNameRu = "Правило доступа", Order = 3)] public Input<string>? Policy { get; set; }

    [Input(DisplayName = "Request timeout", Description = "How long the caller waits for the answer, at most one minute.", DisplayNameRu = "Ожидание ответа", Order = 4)] public Input<TimeSpan?>? RequestTimeout { get; set; }

    [Input(DisplayName = "Request size limit", Description = "Of the body, in bytes.", DisplayNameRu = "Наибольший размер, байт", Order = 5)] public Input<long?>? RequestSizeLimit { get; set; }

    [Input(DisplayName = "File size limit", Description = "Of one file, in bytes.", DisplayNameRu = "Наибольший размер файла, байт", Category = "Upload", CategoryRu = "Файлы", Order = 6)] public Input<long?>? FileSizeLimit { get; set; }

    [Input(DisplayName = "Allowed file extensions", Description = "Empty: all.", DisplayNameRu = "Какие файлы брать", DescriptionRu = "Расширения, например pdf. Пусто — любые.", Category = "Upload", CategoryRu = "Файлы", UIHint = "multitext", Order = 7)]
    public Input<ICollection<string>>? AllowedFileExtensions { get; set; }

    [Input(DisplayName = "Blocked file extensions", DisplayNameRu = "Какие файлы не брать", DescriptionRu = "Расширения, например exe.", Category = "Upload", CategoryRu = "Файлы", UIHint = "multitext", Order = 8)]
    public Input<ICollection<string>>? BlockedFileExtensions { get; set; }

    [Input(DisplayName = "Allowed MIME types", Description = "Empty: all.", DisplayNameRu = "Типы файлов (MIME)", DescriptionRu = "Пусто — любые.", Category = "Upload", CategoryRu = "Файлы", UIHint = "multitext", Order = 9)]
    public Input<ICollection<string>>? AllowedMimeTypes { get; set; }

    [Input(DisplayName = "Expose \"Request too large\" outcome", DisplayNameRu = "Выход «запрос велик»", Category = "Outcomes", CategoryRu = "Выходы", Order = 10)] public bool ExposeRequestTooLargeOutcome { get; set; }

    [Input(DisplayName = "Expose \"File too large\" outcome", DisplayNameRu = "Выход «файл велик»", Category = "Outcomes", CategoryRu = "Выходы", Order = 11)] public bool ExposeFileTooLargeOutcome { get; set; }

    [Input(DisplayName = "Expose \"Invalid file extension\" outcome", DisplayNameRu = "Выход «не то расширение»", Category = "Outcomes", CategoryRu = "Выходы", Order = 12)] public bool ExposeInvalidFileExtensionOutcome { get; set; }

    [Input(DisplayName = "Expose \"Invalid file MIME type\" outcome", DisplayNameRu = "Выход «не тот тип файла»", Category = "Outcomes", CategoryRu = "Выходы", Order = 13)] public bool ExposeInvalidFileMimeTypeOutcome { get; set; }

    [Output(DisplayNameRu = "Содержимое запроса")] public Output<JToken>? ParsedContent { get; set; }

    [Output(Description = "Each {name, fileName, contentType, length, content}, the content as base64.", DisplayNameRu = "Файлы", DescriptionRu = "У каждого name, fileName, contentType, length и content — содержимое в base64.")] public Output<JArray>? Files { get; set; }

    [Output(Description = "The first of the files.", DisplayNameRu = "Файл", DescriptionRu = "Первый из файлов.")] public Output<JObject>? File { get; set; }

    [Output(DisplayNameRu = "Параметры адреса")] public Output<JObject>? RouteData { get; set; }

    [Output(DisplayNameRu = "Параметры запроса", CanContainSecrets = true)] public Output<JObject>? QueryStringData { get; set; }

    [Output(DisplayNameRu = "Заголовки", CanContainSecrets = true)] public Output<JObject>? Headers { get; set; }

    protected override IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) =>
        Rules(context.Get(Policy), context.Get(Path), context.Get(SupportedMethods), context.Get(Authorize), context.Get(RequestTimeout), context.Get(RequestSizeLimit),
            context.Get(FileSizeLimit), context.Get(AllowedFileExtensions), context.Get(BlockedFileExtensions), context.Get(AllowedMimeTypes));

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow() && context.WorkflowInput.TryGetValue(HttpEndpointRules.Input, out var request))
        {
            await TakeAsync(context, request, (JObject?)request["route"]?.DeepClone());
            return;
        }

        foreach (var rules in Rules(context.Get(Policy), context.Get(Path), context.Get(SupportedMethods), context.Get(Authorize), context.Get(RequestTimeout), context.Get(RequestSizeLimit),
            context.Get(FileSizeLimit), context.Get(AllowedFileExtensions), context.Get(BlockedFileExtensions), context.Get(AllowedMimeTypes)))
        {
            context.CreateBookmark(new CreateBookmarkArgs
            {
                BookmarkName = SharedStimuli.Http,
                Stimulus = new HttpEndpointStimulus(HttpPath.Shape(rules.Path), rules.Method, rules.Authorize),
                IncludeActivityInstanceId = false,
                Callback = OnRequestAsync,
                Metadata = JObject.FromObject(rules),
            });
        }
    }

    private ValueTask OnRequestAsync(ActivityExecutionContext context) =>
        TakeAsync(context, context.ActivityInput, HttpPath.Values(PathOf(context.Get(Path)), (string?)context.ActivityInput["path"] ?? ""));

    private ValueTask TakeAsync(ActivityExecutionContext context, JToken request, JObject? route)
    {
        context.Set(ParsedContent, request["body"]?.DeepClone());
        context.Set(Files, (JArray?)request["files"]?.DeepClone() ?? []);
        context.Set(File, (JObject?)request["files"]?.FirstOrDefault()?.DeepClone());
        context.Set(RouteData, route);
        context.Set(QueryStringData, (JObject?)request["query"]?.DeepClone());
        context.Set(Headers, (JObject?)request["headers"]?.DeepClone());
        context.SetResult(request["body"]?.DeepClone());
        return (string?)request[HttpEndpointRules.Refused] is { } outcome ? context.CompleteActivityWithOutcomesAsync(outcome) : context.CompleteActivityAsync();
    }

    private List<HttpEndpointRules> Rules(
        string? policy, string? template, ICollection<string>? methods, bool authorize, TimeSpan? timeout, long? size, long? fileSize, ICollection<string>? allowed, ICollection<string>? blocked, ICollection<string>? types)
    {
        if (policy is { Length: > 0 }) throw new ActivityFaultException("policy_unknown", "There are no policies here: use 'Authorize', which asks for a key of the account.");
        var (path, limit) = (PathOf(template), (int)Math.Clamp(size ?? HttpEndpointRules.DefaultSize, 1, LargestSize));
        var files = fileSize is null && allowed is not { Count: > 0 } && blocked is not { Count: > 0 } && types is not { Count: > 0 } ? null : new HttpFileRules(fileSize, [.. allowed ?? []], [.. blocked ?? []], [.. types ?? []]);
        return [.. Methods(methods).Select(method => new HttpEndpointRules(path, method.ToLowerInvariant(), authorize, Seconds(timeout), limit, files, Exposed()))];
    }

    private string[]? Exposed()
    {
        var exposed = new (bool Is, string Outcome)[]
        {
            (ExposeRequestTooLargeOutcome, HttpRefusal.RequestTooLarge), (ExposeFileTooLargeOutcome, HttpRefusal.FileTooLarge), (ExposeInvalidFileExtensionOutcome, HttpRefusal.Extension), (ExposeInvalidFileMimeTypeOutcome, HttpRefusal.MimeType),
        };
        return exposed.Where(one => one.Is).Select(one => one.Outcome).ToArray() is { Length: > 0 } some ? some : null;
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
