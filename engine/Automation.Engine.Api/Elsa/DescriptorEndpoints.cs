using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>What Studio asks before it can draw anything.</summary>
internal static class DescriptorEndpoints
{
    private static readonly string[] VariableTypes =
    [
        "Object", "String", "Boolean", "Int16", "Int32", "Int64", "Single", "Double", "Decimal", "Guid", "DateTime", "DateTimeOffset", "TimeSpan", "ByteArray",
        "JSON", "JsonElement", "JsonNode", "JsonObject", "JsonArray", "ObjectDictionary", "StringDictionary", "ObjectMap", "StringMap",
    ];

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/descriptors/activities", ActivitiesAsync);
        elsa.MapPost("/descriptors/activities/{typeName}/options/{inputName}", OptionsAsync).Needs(Permissions.Read);
        elsa.MapGet("/descriptors/expression-descriptors", () => Items(
            Expression(ExpressionTypes.Literal, "Literal", browsable: false), Expression(ExpressionTypes.Object, "Object", browsable: false, "json"), Expression(ExpressionTypes.Variable, "Variable"),
            Expression(ExpressionTypes.Input, "Input"), Expression(ExpressionTypes.JavaScript, "JavaScript", true, "javascript"), Expression(ExpressionTypes.Liquid, "Liquid", true, "liquid"), Expression(ExpressionTypes.NCalc, "NCalc", true, "plaintext")));
        elsa.MapGet("/descriptors/storage-drivers", () => Items(
            new JObject { ["typeName"] = "WorkflowInstanceStorageDriver", ["displayName"] = "Workflow instance", ["priority"] = 5, ["deprecated"] = false },
            new JObject { ["typeName"] = "MemoryStorageDriver", ["displayName"] = "Memory", ["priority"] = 0, ["deprecated"] = false }));
        elsa.MapGet("/descriptors/variables", () => Items([.. VariableTypes.Select(type => new JObject { ["typeName"] = type, ["displayName"] = type, ["category"] = "Primitives", ["description"] = "" })]));
        elsa.MapGet("/descriptors/workflow-activation-strategies", () => Items(
            Strategy("Always", "Always", "Starts always."), Strategy("Singleton", "Singleton", "Starts while no other run of it has not ended."),
            Strategy("Correlation", "Correlation", "Starts while no other run has the correlation id."), Strategy("CorrelatedSingleton", "Correlated singleton", "Starts while no other run of it has the correlation id.")));
        elsa.MapGet("/descriptors/incident-strategies", () => Items(
            Strategy("FaultStrategy", "Fault", "The run fails at the first incident."), Strategy("ContinueWithIncidentsStrategy", "Continue with incidents", "Other branches go on.")));
        elsa.MapGet("/descriptors/log-persistence-strategies", () => Items(
            Strategy("Include", "Include", "Kept in the journal."), Strategy("Exclude", "Exclude", "Left out of the journal."), Strategy("Inherit", "Inherit", "As the workflow says."),
            Strategy("Configuration", "Configuration", "As the server's settings say.")));
        // Every step is one commit, whatever is chosen: there is nothing to choose.
        elsa.MapGet("/descriptors/commit-strategies/workflows", () => Items());
        elsa.MapGet("/descriptors/commit-strategies/activities", () => Items());
        elsa.MapGet("/descriptors/output-converters", () => Items());
        elsa.MapGet("/package/version", () => new JsonAnswer(new JObject { ["packageVersion"] = "3.8.2" }));
        elsa.MapPost("/scripting/javascript/type-definitions/{definitionId}", (string definitionId) => Results.Text("", "application/x-typescript")).Needs(Permissions.Read);
    }

    private static async Task<IResult> ActivitiesAsync(HttpContext context, AccountActivityCatalog catalog, AccountDirectory accounts, IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories)
    {
        var views = await ViewsAsync(context, accounts, contexts, directories);
        var items = (await catalog.ReadAsync(context.Account(), context.RequestAborted)).Descriptors.Append(ActivityDescriber.Describe(typeof(NotFoundActivity))).DistinctBy(one => (one.TypeName, one.Version)).Select(views.Of).ToList();
        return new JsonAnswer(new JObject { ["items"] = new JArray(items), ["count"] = items.Count });
    }

    private static async Task<IResult> OptionsAsync(HttpContext context, string typeName, string inputName, AccountActivityCatalog catalog, AccountDirectory accounts, IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories)
    {
        var input = (await catalog.ReadAsync(context.Account(), context.RequestAborted)).Descriptors.LastOrDefault(one => one.TypeName == typeName)?.Inputs.FirstOrDefault(one => one.Name == inputName) ?? throw ApiProblem.NotFound("There is no such input.");
        var views = await ViewsAsync(context, accounts, contexts, directories);
        var provided = await OptionLists.ReadAsync(input, context.RequestServices, context.Account(), context.RequestAborted);
        return new JsonAnswer(new JObject { ["items"] = views.Specifications(input, provided) ?? [] });
    }

    private static async Task<DescriptorViews> ViewsAsync(HttpContext context, AccountDirectory accounts, IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories)
    {
        var account = context.Account();
        var english = (await accounts.GetAsync(account, context.RequestAborted)).Language == "en";
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var crm = await db.Connections.AsNoTracking().Where(row => row.AccountId == account.Value && row.Directory != null).OrderBy(row => row.Name).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(context.RequestAborted);
        return new(english, crm is { } id ? await directories.GetAsync(new ConnectionId(id), context.RequestAborted) : null);
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
