using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>What Studio asks before it can draw anything.</summary>
internal static class DescriptorEndpoints
{
    private static readonly string[] VariableTypes =
    [
        "Object", "String", "Boolean", "Int16", "Int32", "Int64", "Single", "Double", "Decimal", "Guid", "DateTime", "DateTimeOffset", "TimeSpan", "ByteArray",
        "JSON", "JsonElement", "JsonNode", "JsonObject", "JsonArray", "ObjectDictionary", "StringDictionary", "ObjectMap", "StringMap", "Stream",
    ];

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/descriptors/activities", ActivitiesAsync);
        elsa.MapPost("/descriptors/activities/{typeName}/options/{inputName}", OptionsAsync).Needs(Permissions.Read);
        Map(elsa, "expression-descriptors", words => [
            Expression(ExpressionTypes.Literal, words("Значение", "Literal"), browsable: false), Expression(ExpressionTypes.Object, words("Объект", "Object"), browsable: false, "json"),
            Expression(ExpressionTypes.Variable, words("Переменная", "Variable")), Expression(ExpressionTypes.Input, words("Входные данные", "Input")),
            Expression(ExpressionTypes.JavaScript, "JavaScript", true, "javascript"), Expression(ExpressionTypes.Liquid, "Liquid", true, "liquid"), Expression(ExpressionTypes.NCalc, "NCalc", true, "plaintext")]);
        Map(elsa, "storage-drivers", words => [
            new() { ["typeName"] = "WorkflowInstanceStorageDriver", ["displayName"] = words("Вместе с запуском", "Workflow instance"), ["priority"] = 5, ["deprecated"] = false },
            new() { ["typeName"] = "MemoryStorageDriver", ["displayName"] = words("В памяти", "Memory"), ["priority"] = 0, ["deprecated"] = false }]);
        Map(elsa, "variables", words => [.. VariableTypes.Select(type => new JObject { ["typeName"] = type, ["displayName"] = type, ["category"] = words("Простые", "Primitives"), ["description"] = "" })]);
        Map(elsa, "workflow-activation-strategies", words => [
            Strategy("Always", words("Всегда", "Always"), words("Запускается всегда.", "Starts always.")),
            Strategy("Singleton", words("По одному", "Singleton"), words("Запускается, когда другого незавершённого запуска этого сценария нет.", "Starts while no other run of it has not ended.")),
            Strategy("Correlation", words("Один на номер связи", "Correlation"), words("Запускается, когда ни у одного незавершённого запуска нет такого номера связи.", "Starts while no other run has the correlation id.")),
            Strategy("CorrelatedSingleton", words("По одному на номер связи", "Correlated singleton"), words("Запускается, когда ни у одного незавершённого запуска этого сценария нет такого номера связи.", "Starts while no other run of it has the correlation id."))]);
        Map(elsa, "incident-strategies", words => [
            Strategy("FaultStrategy", words("Остановить", "Fault"), words("Первая же неполадка останавливает запуск.", "The run fails at the first incident.")),
            Strategy("ContinueWithIncidentsStrategy", words("Продолжать", "Continue with incidents"), words("Другие ветви идут дальше.", "Other branches go on."))]);
        Map(elsa, "log-persistence-strategies", words => [
            Strategy("Include", words("Записывать", "Include"), words("Остаётся в журнале.", "Kept in the journal.")), Strategy("Exclude", words("Не записывать", "Exclude"), words("В журнал не попадает.", "Left out of the journal.")),
            Strategy("Inherit", words("Как в сценарии", "Inherit"), words("Так, как указано для сценария.", "As the workflow says.")),
            Strategy("Configuration", words("Как на сервере", "Configuration"), words("Так, как настроен сервер.", "As the server's settings say."))]);
        // Every step is one commit, whatever is chosen: there is nothing to choose.
        elsa.MapGet("/descriptors/commit-strategies/workflows", () => Items());
        elsa.MapGet("/descriptors/commit-strategies/activities", () => Items());
        elsa.MapGet("/descriptors/output-converters", () => Items());
        elsa.MapGet("/package/version", () => new JsonAnswer(new JObject { ["packageVersion"] = "3.8.2" }));
        elsa.MapPost("/scripting/javascript/type-definitions/{definitionId}", (string definitionId) => Results.Text("", "application/x-typescript")).Needs(Permissions.Read);
    }

    private static void Map(IEndpointRouteBuilder elsa, string list, Func<Func<string, string, string>, IReadOnlyList<JObject>> make) => elsa.MapGet($"/descriptors/{list}", async (HttpContext context, AccountDirectory accounts) =>
    {
        var english = await Languages.IsEnglishAsync(context, accounts, null);
        return Items([.. make((russian, plain) => english ? plain : russian)]);
    });

    private static async Task<IResult> ActivitiesAsync(HttpContext context, AccountActivityCatalog catalog, AccountDirectory accounts, InputListReader lists)
    {
        var views = await ViewsAsync(context, accounts, lists);
        var items = (await catalog.ReadAsync(context.Account(), context.RequestAborted)).Descriptors.Append(ActivityDescriber.Describe(typeof(NotFoundActivity))).DistinctBy(one => (one.TypeName, one.Version)).Select(views.Of).ToList();
        return new JsonAnswer(new JObject { ["items"] = new JArray(items), ["count"] = items.Count });
    }

    private static async Task<IResult> OptionsAsync(HttpContext context, string typeName, string inputName, AccountActivityCatalog catalog, AccountDirectory accounts, InputListReader lists)
    {
        var input = (await catalog.ReadAsync(context.Account(), context.RequestAborted)).Descriptors.LastOrDefault(one => one.TypeName == typeName)?.Inputs.FirstOrDefault(one => one.Name == inputName) ?? throw ApiProblem.NotFound("There is no such input.");
        var views = await ViewsAsync(context, accounts, lists);
        var provided = await OptionLists.ReadAsync(input, context.RequestServices, context.Account(), context.RequestAborted);
        return new JsonAnswer(new JObject { ["items"] = views.Specifications(input, provided) ?? [] });
    }

    private static async Task<DescriptorViews> ViewsAsync(HttpContext context, AccountDirectory accounts, InputListReader lists)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, null);
        return new(english, await lists.ReadAsync(context.Account(), english, null, context.RequestAborted));
    }

    private static JsonAnswer Items(params IReadOnlyList<JObject> items) => new(new JObject { ["items"] = new JArray(items), ["count"] = items.Count });

    private static JObject Expression(string type, string name, bool browsable = true, string? language = null) => new()
    {
        ["type"] = type,
        ["displayName"] = name,
        ["isSerializable"] = true,
        ["isBrowsable"] = browsable,
        ["properties"] = language is null ? new JObject() : new JObject { ["MonacoLanguage"] = language },
    };

    private static JObject Strategy(string type, string name, string description) => new() { ["typeName"] = type, ["displayName"] = name, ["description"] = description };
}
