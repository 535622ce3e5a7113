using System.Net;
using Newtonsoft.Json.Linq;
using static Automation.Server.Tests.Elsa.ElsaClient;

namespace Automation.Server.Tests.Elsa;

/// <summary>Workflows that start by an event, runs that a completed task resumes, and starts that are refused.</summary>
public sealed class StartApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Theory]
    [InlineData("a|b")]
    [InlineData("copy-0190a00000007000800000000000000a-x")]
    public async Task Save_AnIdThatOthersAreMadeOf_IsRefused(string id)
    {
        using var elsa = await NewAsync(server);
        await elsa.RefusedAsync(HttpMethod.Post, "workflow-definitions", new() { ["model"] = new JObject { ["definitionId"] = id, ["name"] = "x" }, ["publish"] = false }, 400, "definition_invalid");
    }

    [Fact]
    public async Task Event_Triggered_StartsAndResumes()
    {
        using var elsa = await NewAsync(server);
        await elsa.SaveAsync(Chain(Starting("on", "Elsa.Event", ("eventName", "Literal", "paid")), Activity("line", "Elsa.WriteLine", ("text", "Liquid", "{{ input.payload.sum }}"))));
        var sent = await elsa.PostAsync("events/paid/trigger", new() { ["input"] = new JObject { ["sum"] = 7 } });

        var run = (string)Assert.Single(sent["started"]!)!;
        await elsa.EndedAsync(run);
        var lines = (await elsa.PostAsync($"workflow-instances/{run}/journal", []))["items"]!;
        Assert.Contains(lines, line => (string?)line["eventName"] == "WriteLine" && (string?)line["message"] == "7");
    }

    [Fact]
    public async Task Task_Completed_GoesOnOnce()
    {
        using var elsa = await NewAsync(server);
        var run = await elsa.RunAsync(await elsa.SaveAsync(Chain(Activity("ask", "Elsa.RunTask", ("taskName", "Literal", "call")))));
        var task = $"{Guid.Parse(run):N}-3";

        Assert.Equal(1, (int)(await elsa.PostAsync($"tasks/{task}/complete", new() { ["result"] = "answered" }))["resumed"]!);
        await elsa.EndedAsync(run);
        Assert.Equal(0, (int)(await elsa.PostAsync($"tasks/{task}/complete", new() { ["result"] = "again" }))["resumed"]!);
    }

    [Fact]
    public async Task Dispatch_OfASingletonThatRuns_IsRefusedInWords()
    {
        using var elsa = await NewAsync(server);
        var id = (string)(await elsa.SaveAsync(Waiting(), options: new() { ["activationStrategyType"] = "Singleton" }))["definitionId"]!;
        await elsa.PostAsync($"workflow-definitions/{id}/dispatch", []);

        await elsa.RefusedAsync(HttpMethod.Post, $"workflow-definitions/{id}/dispatch", [], 400, "cannot_start");
        Assert.Equal("true", (await elsa.Http.PostAsync($"/elsa/api/workflow-definitions/{id}/execute", Json([]), Cancel)).Headers.GetValues("x-elsa-workflow-cannot-start").Single());
    }

    [Fact]
    public async Task Dispatch_WithAnIdOfItsOwn_StartsThatRunOnce()
    {
        using var elsa = await NewAsync(server);
        using var other = await NewAsync(server);
        var id = (string)(await elsa.SaveAsync(Chart(Line())))["definitionId"]!;
        var run = Guid.CreateVersion7(DateTimeOffset.UnixEpoch).ToString();
        foreach (var wrong in new[] { "mine", "8f14e45f" }) await elsa.RefusedAsync(HttpMethod.Post, $"workflow-definitions/{id}/dispatch", Named(wrong), 400, "payload_invalid");

        Assert.Equal(run, (string?)(await elsa.PostAsync($"workflow-definitions/{id}/dispatch", Named(run)))["workflowInstanceId"]);
        await elsa.EndedAsync(run);
        Assert.Equal("Finished", await elsa.StateAsync(run));
        foreach (var caller in new[] { elsa, other })
            await caller.RefusedAsync(HttpMethod.Post, $"workflow-definitions/{(caller == elsa ? id : (string)(await other.SaveAsync(Chart(Line())))["definitionId"]!)}/dispatch", Named(run), 400, "instance_exists");

        static JObject Named(string run) => new() { ["instanceId"] = run, ["channel"] = "any" };
    }
}
