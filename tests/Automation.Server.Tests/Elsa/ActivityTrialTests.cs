using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>The editor's Test button: one step, and nothing leaves the machine.</summary>
public sealed class ActivityTrialTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Trial_Step_EvaluatesItsInputsWithTheVariablesItSees()
    {
        using var api = await ElsaClient.NewAsync(server);
        var inner = ElsaClient.Chart(ElsaClient.Activity("line", "Elsa.WriteLine", ("text", "Liquid", "{{ Greeting }}, {{ Name }}!")));
        inner["variables"] = new JArray(Variable("Name", "Анна"), Variable("Greeting", "Привет"));
        inner["id"] = "within";
        var document = new JObject { ["name"] = "Проба", ["variables"] = new JArray(Variable("Name", "nobody")), ["root"] = ElsaClient.Chart(Holding("if", inner)) };
        var saved = (await api.PostAsync("workflow-definitions", new JObject { ["model"] = document }))["workflowDefinition"]!;

        var trial = await TryAsync(api, saved, "line");
        Assert.Equal(("Completed", "Привет, Анна!"), ((string?)trial["status"], (string?)trial.SelectToken("activityState.Text")));
        Assert.Equal("Completed", (string?)(await api.PostAsync("tests/activities", Handles(saved, new JObject { ["activityNodeId"] = "Workflow1:flow:if:within:line" })))["status"]);
    }

    /// <summary>The editor keeps such a value beside the workflow, by the variable's id.</summary>
    [Fact]
    public async Task Trial_VariableWithATestValue_HasThatValue()
    {
        using var api = await ElsaClient.NewAsync(server);
        var document = new JObject
        {
            ["name"] = "Проба",
            ["variables"] = new JArray(Variable("Name", "Анна"), Variable("City", "Казань")),
            ["customProperties"] = new JObject { ["VariableTestValues"] = new JObject { ["v-Name-Анна"] = "Ольга", ["gone"] = "x" } },
            ["root"] = ElsaClient.Chart(ElsaClient.Activity("line", "Elsa.WriteLine", ("text", "Liquid", "{{ Name }}, {{ City }}"))),
        };
        var saved = (await api.PostAsync("workflow-definitions", new JObject { ["model"] = document, ["publish"] = true }))["workflowDefinition"]!;

        Assert.Equal("Ольга, Казань", (string?)(await TryAsync(api, saved, "line")).SelectToken("activityState.Text"));
        var run = await api.RunAsync(saved);
        await api.EndedAsync(run);
        Assert.Contains("Анна, Казань", (await api.PostAsync($"workflow-instances/{run}/journal", [])).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trial_StepThatSends_PlansAndSendsNothing()
    {
        using var api = await ElsaClient.NewAsync(server);
        var saved = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("call", "Elsa.SendHttpRequest", ("url", "Literal", $"{server.Address}throw"), ("method", "Literal", "POST"), ("authorization", "Literal", "Bearer secret"))), publish: false);
        await using var db = await server.DbAsync();
        var (runs, effects, journal) = (await db.Runs.CountAsync(Cancel), await db.Effects.CountAsync(Cancel), await db.Journal.CountAsync(Cancel));
        var trial = await TryAsync(api, saved, "call");
        Assert.Equal("Running", (string?)trial["status"]);
        Assert.Equal(("http", $"POST {server.Address.Host}"), ((string?)trial.SelectToken("payload.Planned[0].kind"), (string?)trial.SelectToken("payload.Planned[0].summary")));
        Assert.DoesNotContain("secret", trial.ToString(), StringComparison.Ordinal);
        Assert.Equal((runs, effects, journal), (await db.Runs.CountAsync(Cancel), await db.Effects.CountAsync(Cancel), await db.Journal.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Trial_OutputsAndFailures_AreTold()
    {
        using var api = await ElsaClient.NewAsync(server);
        var saved = await api.SaveAsync(ElsaClient.Chart(
            ElsaClient.Activity("if", "Elsa.If", ("condition", "NCalc", "1 < 2")), ElsaClient.Activity("bad", "Elsa.WriteLine", ("text", "NCalc", "1 / 0")), ElsaClient.Activity("wait", "Elsa.Event", ("eventName", "Literal", "paid"))), publish: false);
        Assert.Equal(("Completed", true), ((string?)(await TryAsync(api, saved, "if"))["status"], (bool?)(await TryAsync(api, saved, "if")).SelectToken("outputs.Result")));
        var failed = await TryAsync(api, saved, "bad");
        Assert.Equal(("Faulted", "expression_failed"), ((string?)failed["status"], (string?)failed.SelectToken("exception.type")));
        Assert.Equal(("Running", "Elsa.Event"), ((string?)(await TryAsync(api, saved, "wait"))["status"], (string?)(await TryAsync(api, saved, "wait")).SelectToken("payload.Waits[0].for")));
    }

    [Fact]
    public async Task Trial_UnknownStepOrForeignWorkflow_IsNotFound()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var saved = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()));
        await api.RefusedAsync(HttpMethod.Post, "tests/activities", Handles(saved, new JObject { ["activityId"] = "none" }), 404, "not_found");
        await api.RefusedAsync(HttpMethod.Post, "tests/activities", Handles(saved, new JObject { ["activityHash"] = "x" }), 400, "payload_invalid");
        await other.RefusedAsync(HttpMethod.Post, "tests/activities", Handles(saved, new JObject { ["activityId"] = "line" }), 404, "not_found");
        await other.RefusedAsync(HttpMethod.Post, "tests/activities", new JObject { ["workflowDefinitionHandle"] = new JObject { ["definitionId"] = saved["definitionId"], ["versionOptions"] = "Latest" }, ["activityHandle"] = new JObject { ["activityId"] = "line" } }, 404, "not_found");
    }

    private static Task<JObject> TryAsync(ElsaClient api, JToken saved, string activity) => api.PostAsync("tests/activities", Handles(saved, new JObject { ["activityId"] = activity }));

    private static JObject Handles(JToken saved, JObject activity) => new() { ["workflowDefinitionHandle"] = new JObject { ["definitionVersionId"] = saved["id"] }, ["activityHandle"] = activity };

    private static JObject Holding(string id, JObject then)
    {
        var holder = ElsaClient.Activity(id, "Elsa.If", ("condition", "Literal", "True"));
        holder["then"] = then;
        return holder;
    }

    private static JObject Variable(string name, string value) => new() { ["id"] = $"v-{name}-{value}", ["name"] = name, ["typeName"] = "String", ["value"] = value };
}
