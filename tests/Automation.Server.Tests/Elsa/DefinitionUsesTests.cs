using System.Net;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>Who uses whom, and what lies inside what.</summary>
public sealed class DefinitionUsesTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly JObject Usable = new() { ["usableAsActivity"] = true };

    [Fact]
    public async Task Consumers_EveryWayOfUsing_IsFound()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var used = await api.SaveAsync(ElsaClient.Chart(), "send the offer", options: Usable);
        var id = (string)used["definitionId"]!;
        var starts = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("run", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", "Literal", id))), "A");
        var named = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("inner", "SendTheOffer")), "B", publish: false);
        var pinned = await api.SaveAsync(ElsaClient.Chart(new JObject { ["id"] = "inner", ["type"] = "Whatever", ["version"] = 1, ["workflowDefinitionId"] = id }), "C", publish: false);
        await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line(id)), "only its words");
        await other.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("run", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", id))), "another account");

        var found = (await api.GetAsync($"workflow-definitions/{id}/consumers"))["consumingWorkflowDefinitionIds"]!;
        Assert.Equal(new[] { starts, named, pinned }.Select(row => (string?)row["definitionId"]), found.Select(one => (string?)one));
        // Studio would say that so many were updated.
        Assert.Equal(0, (int)(await api.SavedAsync(ElsaClient.Chart(), "send the offer", id: id, options: Usable))["consumingWorkflowCount"]!);
        await other.RefusedAsync(HttpMethod.Get, $"workflow-definitions/{id}/consumers", null, 404, "not_found");
        await other.RefusedAsync(HttpMethod.Get, $"workflow-definitions/{id}/versions", null, 404, "not_found");
        Assert.Equal([1], (await api.GetAsync($"workflow-definitions/{id}/versions"))["items"]!.Select(one => (int)one["version"]!));

        // Nobody's step by its name where it is not meant as one.
        await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line("2")), "send the offer", id: id);
        Assert.DoesNotContain((string)named["definitionId"]!, (await api.GetAsync($"workflow-definitions/{id}/consumers"))["consumingWorkflowDefinitionIds"]!.Select(one => (string?)one));
    }

    [Fact]
    public async Task UpdateReferences_PublishedConsumer_GetsADraftWithTheNewVersion()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var first = await api.SaveAsync(ElsaClient.Chart(), "Offer", options: Usable);
        var id = (string)first["definitionId"]!;
        var composite = new JObject { ["id"] = "inner", ["type"] = "Offer", ["version"] = 1, ["workflowDefinitionId"] = id, ["workflowDefinitionVersionId"] = first["id"] };
        var live = await api.SaveAsync(ElsaClient.Chart(composite), "Live");
        var draft = await api.SaveAsync(ElsaClient.Chart((JObject)composite.DeepClone()), "Draft", publish: false);
        await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("run", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", id))), "Starter");
        var second = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()), "Offer", id: id, options: Usable);
        Assert.Equal(2, (int)second["version"]!);

        Assert.Equal(["Draft", "Live"], (await api.PostAsync($"workflow-definitions/{id}/update-references", []))["affectedWorkflows"]!.Select(name => (string?)name));
        var now = await api.GetAsync($"workflow-definitions/{live["definitionId"]}/export?versionOptions=Latest");
        Assert.Equal((2, (string?)second["id"], 2, false), ((int)now["version"]!, (string?)now.SelectToken("root.activities[0].workflowDefinitionVersionId"), (int)now.SelectToken("root.activities[0].version")!, (bool)now["isPublished"]!));
        Assert.Equal((string?)first["id"], (string?)(await api.GetAsync($"workflow-definitions/{live["definitionId"]}/export?versionOptions=Published")).SelectToken("root.activities[0].workflowDefinitionVersionId"));
        Assert.Equal(1, (int)(await api.GetAsync($"workflow-definitions/by-definition-id/{draft["definitionId"]}"))["version"]!);
        Assert.Empty((await api.PostAsync($"workflow-definitions/{id}/update-references", []))["affectedWorkflows"]!);

        var unpublished = await api.SaveAsync(ElsaClient.Chart(), "Later", publish: false);
        await api.RefusedAsync(HttpMethod.Post, $"workflow-definitions/{unpublished["definitionId"]}/update-references", [], 400, "not_published");
        await other.RefusedAsync(HttpMethod.Post, $"workflow-definitions/{id}/update-references", [], 404, "not_found");
    }

    [Fact]
    public async Task Publish_VersionThatItsConsumersFollow_TakesThemAndTheirsAlong()
    {
        using var api = await ElsaClient.NewAsync(server);
        var followed = new JObject { ["usableAsActivity"] = true, ["autoUpdateConsumingWorkflows"] = true };
        var first = await api.SaveAsync(ElsaClient.Chart(), "Offer", options: followed);
        var id = (string)first["definitionId"]!;
        var live = await api.SaveAsync(ElsaClient.Chart(Step("Offer", first)), "Live", options: Usable);
        var top = await api.SaveAsync(ElsaClient.Chart(Step("Live", live)), "Top");
        var draft = await api.SaveAsync(ElsaClient.Chart(Step("Offer", first)), "Draft", publish: false);
        var ahead = await api.SaveAsync(ElsaClient.Chart(Step("Offer", first)), "Ahead");
        await api.SaveAsync(ElsaClient.Chain(Step("Offer", first), ElsaClient.Line()), "Ahead", publish: false, id: (string)ahead["definitionId"]!);
        await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("run", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", id))), "Starter");

        Assert.Equal(0, (int)(await api.SavedAsync(ElsaClient.Chart(ElsaClient.Line()), "Offer", publish: false, id: id, options: followed))["consumingWorkflowCount"]!);
        var answer = await api.PostAsync($"workflow-definitions/{id}/publish", []);
        Assert.Equal(4, (int)answer["consumingWorkflowCount"]!);
        Assert.Equal(new[] { live, top, draft, ahead }.Select(row => (string?)row["definitionId"]).Order(), answer["updatedConsumers"]!.Select(one => (string?)one).Order());
        Assert.Equal((2, 2), await PinnedAsync(live, "Published"));
        Assert.Equal((2, 2), await PinnedAsync(top, "Published"));
        Assert.Equal((1, 2), await PinnedAsync(draft, "Latest"));
        // Somebody works on it: he publishes it himself.
        Assert.Equal((1, 1), await PinnedAsync(ahead, "Published"));
        Assert.Equal((2, 2), await PinnedAsync(ahead, "Latest"));
        Assert.Equal(0, (int)(await api.PostAsync($"workflow-definitions/{id}/publish", []))["consumingWorkflowCount"]!);

        await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line("2")), "Offer", publish: false, id: id, options: followed);
        var bulk = await api.PostAsync("bulk-actions/publish/workflow-definitions/by-definition-ids", new JObject { ["definitionIds"] = new JArray(id) });
        Assert.Equal(4, bulk["updatedConsumers"]!.Select(one => (string?)one).Distinct().Count());
        Assert.Equal((3, 3), await PinnedAsync(top, "Published"));
        // Without the option nobody follows.
        Assert.Equal(0, (int)(await api.SavedAsync(ElsaClient.Chart(ElsaClient.Line("3")), "Offer", id: id, options: Usable))["consumingWorkflowCount"]!);
        Assert.Equal((3, 3), await PinnedAsync(live, "Published"));

        async Task<(int Version, int Pinned)> PinnedAsync(JObject of, string versions)
        {
            var found = await api.GetAsync($"workflow-definitions/{of["definitionId"]}/export?versionOptions={versions}");
            return ((int)found["version"]!, (int)found.SelectToken("root.activities[0].version")!);
        }
    }

    [Fact]
    public async Task Delete_UsedByRunsThatHaveNotEnded_IsRefusedInWords()
    {
        using var api = await ElsaClient.NewAsync(server);
        var used = await api.SaveAsync(ElsaClient.Waiting(), "Offer", options: Usable);
        var between = await api.SaveAsync(ElsaClient.Chart(Step("Offer", used)), "Between", options: Usable);
        var user = await api.SaveAsync(ElsaClient.Chart(Step("Between", between)), "Whole offer");
        var run = await api.RunAsync(user);
        Assert.Equal("Suspended", await api.StateAsync(run));
        // Its runs go on with the version that they began with.
        var next = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()), "Offer", id: (string)used["definitionId"]!, options: Usable);

        foreach (var (method, path, body) in new (HttpMethod, string, JObject?)[]
        {
            (HttpMethod.Delete, $"workflow-definitions/{used["definitionId"]}", null), (HttpMethod.Delete, $"workflow-definition-versions/{used["id"]}", null), (HttpMethod.Delete, $"workflow-definitions/{between["definitionId"]}", null),
            (HttpMethod.Post, "bulk-actions/delete/workflow-definitions/by-id", new() { ["ids"] = new JArray(used["id"]!) }),
        })
            Assert.Contains("1 runs of workflows that use it as a step have not ended: “Whole offer”", (string?)(await api.RefusedAsync(method, path, body, 400, "definition_in_use"))["message"], StringComparison.Ordinal);
        Assert.Equal("Suspended", await api.StateAsync(run));

        var retracted = await api.SaveAsync(ElsaClient.Waiting(), "Lone", options: Usable);
        var waiting = await api.RunAsync(await api.SaveAsync(ElsaClient.Chart(Step("Lone", retracted)), "Uses it"));
        await api.PostAsync($"workflow-definitions/{retracted["definitionId"]}/retract", []);
        await api.RefusedAsync(HttpMethod.Delete, $"workflow-definitions/{retracted["definitionId"]}", null, 400, "definition_in_use");
        Assert.Equal("Suspended", await api.StateAsync(waiting));

        // Nobody runs that version.
        Assert.Equal(HttpStatusCode.NoContent, (await api.Http.DeleteAsync($"/elsa/api/workflow-definition-versions/{next["id"]}", TestServer.Cancel)).StatusCode);
        await api.PostAsync("bulk-actions/cancel/workflow-instances", new JObject { ["ids"] = new JArray(run) });
        await api.EndedAsync(run);
        Assert.Equal(HttpStatusCode.NoContent, (await api.Http.DeleteAsync($"/elsa/api/workflow-definitions/{used["definitionId"]}", TestServer.Cancel)).StatusCode);
    }

    private static JObject Step(string type, JObject of) =>
        new() { ["id"] = "inner", ["type"] = type, ["version"] = of["version"], ["workflowDefinitionId"] = of["definitionId"], ["workflowDefinitionVersionId"] = of["id"] };

    [Fact]
    public async Task Segments_BranchOfABranch_NameTheWayThere()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var inner = ElsaClient.Activity("inner", "Elsa.If");
        inner["else"] = ElsaClient.Chart(ElsaClient.Line());
        var outer = ElsaClient.Activity("outer", "Elsa.If");
        outer["then"] = inner;
        var saved = await api.SaveAsync(ElsaClient.Chart(outer));
        var line = "Workflow1:flow:outer:inner:flow:line";

        var answer = await api.GetAsync($"workflow-definitions/subgraph/segments/{saved["id"]}?childNodeId={line}");
        Assert.Equal(("line", "Workflow1:flow:outer:inner"), ((string?)answer.SelectToken("childNode.activity.id"), (string?)answer.SelectToken("container.nodeId")));
        Assert.Equal([("inner", "Else"), ("outer", "Then")], answer["pathSegments"]!.Select(segment => ((string?)segment["activityId"], (string?)segment["portName"])));

        var node = await api.GetAsync($"workflow-definitions/subgraph/{saved["id"]}?parentNodeId=Workflow1:flow:outer");
        Assert.Equal(("Workflow1:flow:outer:inner", "Then"), ((string?)node.SelectToken("activity.then.nodeId"), (string?)node.SelectToken("children[0].port")));
        Assert.Equal("Workflow1:flow", (string?)(await api.GetAsync($"workflow-definitions/subgraph/{saved["id"]}"))["nodeId"]);
        await api.RefusedAsync(HttpMethod.Get, $"workflow-definitions/subgraph/{saved["id"]}?parentNodeId=Workflow1:flow:none", null, 404, "not_found");
        foreach (var path in new[] { "", "segments/" }) await other.RefusedAsync(HttpMethod.Get, $"workflow-definitions/subgraph/{path}{saved["id"]}", null, 404, "not_found");
    }

    [Fact]
    public async Task Subgraph_WorkflowUsedAsAStep_ShowsWhatItHolds()
    {
        using var api = await ElsaClient.NewAsync(server);
        var used = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()), "Offer", options: Usable);
        var user = await api.SaveAsync(ElsaClient.Chart(new JObject { ["id"] = "inner", ["type"] = "Offer", ["version"] = 1, ["workflowDefinitionId"] = used["definitionId"], ["workflowDefinitionVersionId"] = used["id"] }), "User", publish: false);
        var node = await api.GetAsync($"workflow-definitions/subgraph/{user["id"]}?parentNodeId=Workflow1:flow:inner");
        Assert.Equal("Workflow1:flow:inner:flow:line", (string?)node.SelectToken("activity.root.activities[0].nodeId"));
        var segments = await api.GetAsync($"workflow-definitions/subgraph/segments/{user["id"]}?childNodeId=Workflow1:flow:inner:flow:line");
        Assert.Equal(("inner", "Root"), ((string?)segments.SelectToken("pathSegments[0].activityId"), (string?)segments.SelectToken("pathSegments[0].portName")));
    }
}
