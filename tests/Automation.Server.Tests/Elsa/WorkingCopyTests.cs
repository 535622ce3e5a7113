using System.Net;
using System.Text;
using Automation.Engine.Persistence.Messages;
using Automation.Server.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>A trigger's workflow in Studio: saved into a copy, applied to the draft, published with its funnel.</summary>
public sealed class WorkingCopyTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Copy_Saved_ReachesTheDraftOnlyWhenApplied()
    {
        using var api = await FunnelAsync();
        var copy = await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}");
        var id = (string)copy["definitionId"]!;
        Assert.Equal((false, false, "Крупная сделка"), ((bool)copy["hasEdits"]!, (bool)copy["movedOn"]!, (string?)copy["triggerName"]));
        var opened = await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}");
        Assert.Contains(opened["links"]!, link => (string?)link["rel"] == "publish");

        await SaveAsync(api, id, "новое");
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["hasEdits"]!);
        Assert.DoesNotContain("новое", await DraftAsync(api), StringComparison.Ordinal);
        // Opened once more, it goes on where it was.
        Assert.True((bool)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["hasEdits"]!);

        var applied = await SendAsync(api, HttpMethod.Post, $"/api/studio/copies/{id}/apply", "{}");
        Assert.Contains("Elsa.Finish", applied["before"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("новое", await DraftAsync(api), StringComparison.Ordinal);
        Assert.False((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["hasEdits"]!);
        Assert.DoesNotContain(id, (await SendAsync(api, HttpMethod.Get, "/elsa/api/workflow-definitions?IsSystem=False"))["items"]!.Select(item => (string?)item["definitionId"]));
    }

    [Fact]
    public async Task Apply_OverADraftThatMovedOn_AsksFirst()
    {
        using var api = await FunnelAsync();
        var id = (string)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["definitionId"]!;
        await SaveAsync(api, id, "из Studio");
        var draft = JObject.Parse(await DraftAsync(api));
        draft["triggers"]![0]!["then"]!["name"] = "с доски";
        await SendAsync(api, HttpMethod.Put, "/api/funnels/sales/draft", draft.ToString());

        var refused = await api.PostAsync($"/api/studio/copies/{id}/apply", Json("{}"), Cancel);
        await refused.AssertProblemAsync(400, "draft_changed");
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["movedOn"]!);
        await SendAsync(api, HttpMethod.Post, $"/api/studio/copies/{id}/apply", """{"anyway":true}""");
        Assert.Contains("из Studio", await DraftAsync(api), StringComparison.Ordinal);

        await SaveAsync(api, id, "лишнее");
        await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", """{"anew":true}""");
        Assert.DoesNotContain("лишнее", (await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_FromStudio_PublishesTheFunnelWhenNothingElseDiffers()
    {
        using var api = await FunnelAsync();
        var id = (string)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["definitionId"]!;
        Assert.True((bool)(await SaveAsync(api, id, "в работу", publish: true)).SelectToken("workflowDefinition.isPublished")!);
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["isPublished"]!);
        Assert.Equal(2, (int)(await SendAsync(api, HttpMethod.Get, "/api/funnels/sales"))["version"]!);
        Assert.Contains("в работу", await (await api.GetAsync("/api/funnels/sales/export", Cancel)).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        var draft = JObject.Parse(await DraftAsync(api));
        draft["triggers"]![1]!["enabled"] = false;
        await SendAsync(api, HttpMethod.Put, "/api/funnels/sales/draft", draft.ToString());
        var refused = await api.PostAsync("/elsa/api/workflow-definitions", Json(Body(id, "ещё", true)), Cancel);
        Assert.False((bool)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["isPublished"]!);
        Assert.Equal((HttpStatusCode.BadRequest, "draft_differs"), (refused.StatusCode, (string?)JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel))["code"]));
        Assert.Equal(2, (int)(await SendAsync(api, HttpMethod.Get, "/api/funnels/sales"))["version"]!);
    }

    [Fact]
    public async Task Publish_FromStudio_OfATextThatCannotBeRead_IsRefusedWithTheStep()
    {
        using var api = await FunnelAsync();
        var id = await OpenAsync(api, "big");
        var body = JObject.Parse(Body(id, "", publish: true));
        body.SelectToken("model.root.activities[0].text.expression")!.Replace(new JObject { ["type"] = "JavaScript", ["value"] = "const a = 1;\nreturn (" });

        var errors = await RefusedAsync(api, body);
        var text = (string?)Assert.Single(errors["root.activities[0].text"]!);
        Assert.StartsWith("root.activities[0].text: The step “Write Line”: “Text” cannot be read (line 2): ", text, StringComparison.Ordinal);
        Assert.Equal(1, (int)(await SendAsync(api, HttpMethod.Get, "/api/funnels/sales"))["version"]!);
        Assert.False((bool)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["isPublished"]!);
        // What was written is kept, and published once it is put right.
        Assert.Contains("return (", (await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["root"]!.ToString(), StringComparison.Ordinal);
        await SaveAsync(api, id, "исправлено", publish: true);
        Assert.Equal(2, (int)(await SendAsync(api, HttpMethod.Get, "/api/funnels/sales"))["version"]!);
    }

    /// <summary>What the board shows as an error is one here too, and in a file that is to be published.</summary>
    [Fact]
    public async Task Publish_WithoutWhatAStepNeeds_IsRefusedWithTheStep()
    {
        using var api = await FunnelAsync();
        var id = await OpenAsync(api, "big");
        var empty = new JObject { ["id"] = "task", ["nodeId"] = "Workflow1:flow:task", ["name"] = "Task1", ["type"] = "Crm.CreateTask", ["version"] = 1, ["metadata"] = new JObject() };
        var body = JObject.Parse(Body(id, "дальше", publish: true));
        ((JArray)body.SelectToken("model.root.activities")!).Add(empty.DeepClone());

        var text = (string?)Assert.Single((await RefusedAsync(api, body))["root.activities[1].text"]!);
        Assert.Contains("The step “Create task”: fill in “Text”.", text, StringComparison.Ordinal);
        Assert.Equal(1, (int)(await SendAsync(api, HttpMethod.Get, "/api/funnels/sales"))["version"]!);

        var (before, file) = (await DraftAsync(api), JObject.Parse(await DraftAsync(api)));
        ((JArray)file.SelectToken("triggers[1].then.root.activities")!).Add(empty);
        var refused = await (await api.PostAsync("/api/funnels/import?publish=true", Json(file.ToString()), Cancel)).AssertProblemAsync(400, "input_empty");
        Assert.Contains(refused["errors"]!, error => (string?)error["path"] == "triggers[1].then.root.activities[1].text");
        Assert.Equal(before, await DraftAsync(api));
        await SendAsync(api, HttpMethod.Post, "/api/funnels/import", file.ToString());
        Assert.NotEqual(before, await DraftAsync(api));
    }

    /// <summary>What was published before its text was removed keeps the funnel from being published again; Studio shows another card.</summary>
    [Fact]
    public async Task Publish_FromStudio_WithAProblemOfAnotherCard_NamesTheCard()
    {
        using var api = await FunnelAsync();
        await SendAsync(api, HttpMethod.Put, "/api/message-templates/visit", """{"title":"Визит","text":"Ждём вас","mark":"service"}""");
        var funnel = JObject.Parse(await DraftAsync(api));
        funnel["triggers"]![1]!["then"]!["root"] = JObject.Parse("""{"id":"flow","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[{"id":"sms","type":"Crm.SendSms","version":1,"template":{"typeName":"String","expression":{"type":"Literal","value":"visit"}}}]}""");
        await SendAsync(api, HttpMethod.Post, "/api/funnels/import?publish=true", funnel.ToString());
        var id = await OpenAsync(api, "big");
        await using (var db = await server.DbAsync())
        {
            var owner = await db.Funnels.Where(row => row.Id == Guid.ParseExact(id.Substring("copy-".Length, 32), "N")).Select(row => row.AccountId).SingleAsync(Cancel);
            Assert.True(await server.Services.GetRequiredService<MessageTemplateStore>().RemoveAsync(new(owner), "visit", Cancel));
        }

        var errors = await RefusedAsync(api, JObject.Parse(Body(id, "иначе", publish: true)));
        Assert.Contains("The trigger “Мелкая сделка”: There is no message template 'visit'", (string?)Assert.Single(errors["triggers[1].then.root.activities[0].template"]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfACopy_IsRefusedInWords()
    {
        using var api = await FunnelAsync();
        var id = (string)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["definitionId"]!;
        var refused = await api.PostAsync($"/elsa/api/workflow-definitions/{id}/execute", Json("""{"versionOptions":"Latest"}"""), Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "definition_of_funnel"), (refused.StatusCode, (string?)JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel))["code"]));
        await (await api.PostAsync("/api/funnels/sales/triggers/none/studio", Json("{}"), Cancel)).AssertProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task Undo_AfterApply_BringsTheOldFlowBack()
    {
        using var api = await FunnelAsync();
        var before = await DraftAsync(api);
        var id = await OpenAsync(api, "big");
        await SaveAsync(api, id, "из Studio");
        await SendAsync(api, HttpMethod.Post, $"/api/studio/copies/{id}/apply", "{}");
        Assert.NotEqual(before, await DraftAsync(api));

        await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/undo", "{}");
        Assert.Equal(before, await DraftAsync(api));
        // The copy is one of a draft that has moved on since.
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["movedOn"]!);
        await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/redo", "{}");
        Assert.Contains("из Studio", await DraftAsync(api), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_InStudio_BeginsWithItsTriggerInWords()
    {
        using var api = await FunnelAsync();
        var opened = await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{await OpenAsync(api, "big")}");
        var start = opened.SelectToken("root.activities[0]")!;
        Assert.Equal(("Crm.Trigger", "Крупная сделка", true), ((string?)start["type"], (string?)start.SelectToken("metadata.displayText"), (bool)start.SelectToken("customProperties.canStartWorkflow")!));
        Assert.Equal("Сделка создана на этапе, если бюджет ≥ 30 000. Этап: Новая.", ((string?)start.SelectToken("metadata.description"))!.Replace('\u00a0', ' '));
        Assert.Equal(("сделка создана на этапе", "Новая"), ((string?)start.SelectToken("when.expression.value"), (string?)start.SelectToken("stages.expression.value")));

        var descriptor = (await SendAsync(api, HttpMethod.Get, "/elsa/api/descriptors/activities"))["items"]!.Single(one => (string?)one["typeName"] == "Crm.Trigger");
        Assert.Equal(("Триггер воронки", "Trigger", false, true), ((string?)descriptor["displayName"], (string?)descriptor["kind"], (bool)descriptor["isBrowsable"]!, (bool)descriptor["isStart"]!));
        Assert.All(descriptor["inputs"]!, input => Assert.True((bool)input["isReadOnly"]!));
        Assert.False((bool)(await SendAsync(api, HttpMethod.Get, "/api/activities"))["items"]!.Single(one => (string?)one["type"] == "Crm.Trigger")["listed"]!);
    }

    [Fact]
    public async Task Copy_SavedAsItIsShown_IsNoChange()
    {
        using var api = await FunnelAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "funnels"), "*.json"))
        {
            var document = JObject.Parse(await File.ReadAllTextAsync(file, Cancel));
            (document["connection"], document["slug"]) = ("shop", "sample");
            await SendAsync(api, HttpMethod.Post, "/api/funnels/import", document.ToString());
            var draft = await DraftAsync(api, "sample");
            foreach (var trigger in JObject.Parse(draft)["triggers"]!)
            {
                var id = await OpenAsync(api, (string)trigger["id"]!, "sample");
                var shown = await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}");
                Assert.Contains("Crm.Trigger", shown["root"]!.ToString(), StringComparison.Ordinal);
                var saved = await SendAsync(api, HttpMethod.Post, "/elsa/api/workflow-definitions", new JObject { ["model"] = shown }.ToString());
                Assert.True(JToken.DeepEquals(shown["root"], saved.SelectToken("workflowDefinition.root")), $"{file} {trigger["id"]}");
                Assert.False((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["hasEdits"]!, $"{file} {trigger["id"]}");
                await SendAsync(api, HttpMethod.Post, $"/api/studio/copies/{id}/apply", "{}");
            }

            Assert.Equal(Flows(draft), Flows(await DraftAsync(api, "sample")));
        }
    }

    [Fact]
    public async Task Trigger_MovedAndReconnected_ReachesNeitherDraftNorFilesNorVersions()
    {
        using var api = await FunnelAsync("""{"id":"flow","type":"Elsa.Flowchart","version":1,"activities":[{"id":"a","type":"Elsa.WriteLine","version":1},{"id":"b","type":"Elsa.Finish","version":1}],"connections":[{"source":{"activity":"a","port":"Done"},"target":{"activity":"b","port":"In"}}]}""");
        var id = await OpenAsync(api, "big");
        var shown = await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}");
        var start = shown.SelectToken("root.activities[0]")!;
        start["metadata"]!["designer"]!["position"] = new JObject { ["x"] = -77, ["y"] = 5 };
        await SaveAsync(api, shown);
        Assert.False((bool)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["hasEdits"]!);
        Assert.Equal(-77, (int)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}")).SelectToken("root.activities[0].metadata.designer.position.x")!);

        shown["root"]!["connections"]!.Single(one => (string?)one.SelectToken("source.activity") == (string?)start["id"])["target"]!["activity"] = "b";
        await SaveAsync(api, shown, publish: true);
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["isPublished"]!);
        var texts = new List<string> { await DraftAsync(api), await api.GetStringAsync("/api/funnels/sales/export", Cancel), await api.GetStringAsync($"/elsa/api/workflow-definitions/{id}/export", Cancel), await api.GetStringAsync("/elsa/api/workflow-definitions/sales.big/export", Cancel) };
        Assert.All(texts, text =>
        {
            Assert.Equal("b", (string?)JObject.Parse(text).SelectTokens("$..root").First()["start"]);
            Assert.DoesNotContain("Crm.Trigger", text, StringComparison.Ordinal);
            Assert.DoesNotContain("startPlace", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Published_InStudio_BeginsWithItsTrigger_WhoseRuleIsToldWhereItIsKnown()
    {
        using var api = await FunnelAsync();
        var start = await StartAsync();
        Assert.Equal(("Крупная сделка", "Новая"), ((string?)start.SelectToken("metadata.displayText"), (string?)start.SelectToken("stages.expression.value")));
        await SendAsync(api, HttpMethod.Post, "/api/funnels/import?publish=true", Crm.Funnel("crm").Replace(">= 30000", ">= 50000", StringComparison.Ordinal));
        start = await StartAsync();
        Assert.Null(start["condition"]);
        Assert.DoesNotContain("50", start.SelectToken("metadata.description")!.ToString(), StringComparison.Ordinal);

        async Task<JToken> StartAsync()
        {
            var version = (string?)(await SendAsync(api, HttpMethod.Get, "/elsa/api/workflow-definitions/by-definition-id/sales.big"))["id"];
            return (await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-id/{version}")).SelectToken("root.activities[0]")!;
        }
    }

    [Fact]
    public async Task Trigger_Tested_GoesOn_AndInAnotherWorkflowIsRefused()
    {
        using var api = await FunnelAsync();
        var id = await OpenAsync(api, "big");
        var root = (JObject)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["root"]!;
        var handles = new JObject { ["workflowDefinitionHandle"] = new JObject { ["definitionId"] = id }, ["activityHandle"] = new JObject { ["activityId"] = root.SelectToken("activities[0].id") } };
        var trial = await SendAsync(api, HttpMethod.Post, "/elsa/api/tests/activities", handles.ToString());
        Assert.Equal(("Completed", "Done"), ((string?)trial["status"], (string?)trial.SelectToken("payload.Outcomes[0]")));

        var refused = await api.PostAsync("/elsa/api/workflow-definitions", Json(new JObject { ["model"] = new JObject { ["name"] = "Свой", ["root"] = root }, ["publish"] = true }.ToString()), Cancel);
        var problem = JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Funnel trigger", problem["errors"]!.ToString(), StringComparison.Ordinal);
        var draft = JObject.Parse(await DraftAsync(api));
        draft["triggers"]![0]!["then"]!["root"] = root;
        await SendAsync(api, HttpMethod.Put, "/api/funnels/sales/draft", draft.ToString());
        await (await api.PostAsync("/api/funnels/sales/publish", null, Cancel)).AssertProblemAsync(400, "trigger_of_funnel");
        // The copy is without it, and mends the draft when it is applied.
        await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", """{"anew":true}""");
        await SendAsync(api, HttpMethod.Post, $"/api/studio/copies/{id}/apply", "{}");
        Assert.DoesNotContain("Crm.Trigger", await DraftAsync(api), StringComparison.Ordinal);
    }

    private static async Task<JToken> RefusedAsync(HttpClient api, JObject body)
    {
        var refused = await api.PostAsync("/elsa/api/workflow-definitions", Json(body.ToString()), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        return JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel))["errors"]!;
    }

    private async Task<HttpClient> FunnelAsync(string? root = null)
    {
        var (account, key) = await server.AddAccountAsync($"copy-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}");
        await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700500");
        await server.AddConnectionAsync("amocrm", "shop", account);
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("ApiKey", key);
        var funnel = JObject.Parse(Crm.Funnel("crm"));
        if (root is not null) funnel["triggers"]![0]!["then"]!["root"] = JObject.Parse(root);
        await SendAsync(client, HttpMethod.Post, "/api/funnels/import?publish=true", funnel.ToString());
        return client;
    }

    private static string Flows(string draft) => string.Join("\n", JObject.Parse(draft)["triggers"]!.Select(trigger => trigger["then"]!["root"]!.ToString()));

    private static async Task<string> OpenAsync(HttpClient api, string trigger, string funnel = "sales") => (string)(await SendAsync(api, HttpMethod.Post, $"/api/funnels/{funnel}/triggers/{trigger}/studio", "{}"))["definitionId"]!;

    private static Task<JObject> SaveAsync(HttpClient api, JObject definition, bool publish = false) => SendAsync(api, HttpMethod.Post, "/elsa/api/workflow-definitions", new JObject { ["model"] = definition, ["publish"] = publish }.ToString());

    private static async Task<string> DraftAsync(HttpClient api, string funnel = "sales") => await (await api.GetAsync($"/api/funnels/{funnel}/export?version=draft", Cancel)).Content.ReadAsStringAsync(Cancel);

    private static Task<JObject> SaveAsync(HttpClient api, string id, string text, bool publish = false) => SendAsync(api, HttpMethod.Post, "/elsa/api/workflow-definitions", Body(id, text, publish));

    private static string Body(string id, string text, bool publish) => new JObject
    {
        ["model"] = new JObject
        {
            ["definitionId"] = id,
            ["name"] = "t",
            ["root"] = new JObject
            {
                ["id"] = "flow",
                ["type"] = "Elsa.Sequence",
                ["version"] = 1,
                ["activities"] = new JArray(new JObject { ["id"] = "l", ["type"] = "Elsa.WriteLine", ["version"] = 1, ["text"] = new JObject { ["typeName"] = "String", ["expression"] = new JObject { ["type"] = "Literal", ["value"] = text } } }),
            },
        },
        ["publish"] = publish,
    }.ToString();

    private static async Task<JObject> SendAsync(HttpClient api, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Json(body) };
        var answer = await api.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JObject.Parse(text);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
