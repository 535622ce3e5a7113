using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

public sealed class RunTests
{
    private static JObject Http(string id, string url = "https://example.org/") => Activity(id, "Elsa.FlowSendHttpRequest", new { url = Literal(url), authorization = Script("deal.price") });

    [Fact]
    public async Task Cancel_WaitingRun_TakesEffectsAndBookmarksBack()
    {
        var chart = Chart([Activity("f", "Elsa.FlowFork", new { branches = Expression("Object", """["A","B"]""") }), Activity("d", "Elsa.Delay"), Http("h")], "f:A>d", "f:B>h");
        var run = new RunHarness(Workflow(chart));
        await run.StartAsync();

        await run.TakeAsync(new Stimulus.Cancel("left the span"));

        Assert.Equal(RunStatus.Cancelled, run.State.Status);
        Assert.Equal([run.Effects[0].Key], run.LastStep.CancelledEffects);
        Assert.Empty(run.State.Bookmarks);
        Assert.Empty(run.State.PendingEffects);
        Assert.Contains(run.Facts, fact => (string?)fact["reason"] == "left the span");
    }

    [Fact]
    public async Task Resume_SameBookmarkTwice_LeavesTheState()
    {
        var run = new RunHarness(Workflow(Sequence("s", Activity("d", "Elsa.Delay"), Activity("e", "Elsa.Event", new { eventName = "x" }))));
        await run.StartAsync();
        var hit = new Stimulus.BookmarkHit(run.State.Bookmarks[0].Id, JValue.CreateNull());
        await run.TakeAsync(hit);
        var before = RunHarness.Text(run.State);

        await run.TakeAsync(hit);

        Assert.Equal(before, RunHarness.Text(run.State));
        Assert.Empty(run.LastStep.Facts);
    }

    [Fact]
    public async Task Fault_OneBranch_EndsTheRunAndDropsUnsentEffects()
    {
        var chart = Chart([Activity("f", "Elsa.FlowFork", new { branches = Expression("Object", """["A","B"]""") }), Http("h"), Line("bad", Script("!"))], "f:A>h", "f:B>bad");
        var run = new RunHarness(Workflow(chart));
        await run.StartAsync();

        Assert.Equal(RunStatus.Faulted, run.State.Status);
        Assert.Empty(run.Effects);
        Assert.Empty(run.LastStep.CancelledEffects);
        Assert.Equal("script_failed", run.State.Incidents[0].Code);
    }

    [Fact]
    public async Task Fault_ContinueWithIncidents_LetsOtherBranchesGoOn()
    {
        var chart = Chart([Activity("f", "Elsa.FlowFork", new { branches = Expression("Object", """["A","B"]""") }), Line("bad", Script("!")), Activity("d", "Elsa.Delay"), Line("good")], "f:A>bad", "f:B>d", "d>good");
        var document = Workflow(chart);
        document["options"] = new JObject { ["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" };

        var run = await new RunHarness(document).RunAsync();

        Assert.Equal(["good"], run.Lines);
        Assert.Equal(RunStatus.Faulted, run.State.Status);
        Assert.Single(run.State.Incidents);
    }

    [Fact]
    public async Task Facts_SecretInputs_AreLeftOut()
    {
        var run = new RunHarness(Workflow(Chart([Http("h")])));
        await run.StartAsync();

        var started = run.Facts.Single(fact => (string)fact["event"]! == "Started" && (string)fact["type"]! == "Elsa.FlowSendHttpRequest");
        Assert.Null(started["inputs"]!["authorization"]);
        Assert.Null(started["seen"]);
        Assert.DoesNotContain("5000", run.Snapshots[0], StringComparison.Ordinal);
        Assert.Equal("5000", (string?)run.Effects[0].Request.Request["headers"]!["Authorization"]);
    }

    [Fact]
    public async Task Facts_LongText_IsCut()
    {
        var run = await new RunHarness(Workflow(Line("l", new string('x', 5000)))).RunAsync();

        Assert.Equal(201, ((string)run.Facts.First(fact => fact["inputs"] is not null)["inputs"]!["text"]!).Length);
    }

    [Theory]
    [InlineData(200, "ok")]
    [InlineData(404, "other")]
    [InlineData(0, "none")]
    public async Task SendHttpRequest_Status_RunsItsActivity(int status, string line)
    {
        var request = Activity("h", "Elsa.SendHttpRequest", new
        {
            url = Literal("https://example.org/"),
            method = Literal("POST"),
            content = Expression("Object", """{"sum":{"type":"NCalc","value":"deal.price"}}"""),
            expectedStatusCodes = new[] { new { statusCode = 200, activity = Line("ok") } },
            unmatchedStatusCode = Line("other"),
            failedToConnect = Line("none"),
            parsedContent = Output("p"),
            result = Output("r"),
        });
        var run = new RunHarness(Workflow(Sequence("s", request), Variable("p"), Variable("r")))
        {
            Answer = e => status == 0 ? new(e.Key, false, JValue.CreateNull(), "network", "Nobody there.") : new(e.Key, true, new JObject { ["status"] = status, ["contentType"] = "application/json", ["body"] = """{"a":1}""" }, null, null),
        };
        await run.RunAsync();

        Assert.Equal([line], run.Lines);
        Assert.Equal("""{"sum":5000}""", (string?)run.Effects[0].Request.Request["body"]);
        Assert.Equal((EffectPolicy.Retry, "http", "POST example.org"), (run.Effects[0].Request.Policy, run.Effects[0].Request.Kind, run.Effects[0].Request.Summary));
        Assert.Equal(status == 0, run.Variable("p").Type == JTokenType.Null);
        if (status != 0) Assert.Equal((status, status == 200, """{"a":1}"""), ((int)run.Variable("r")["StatusCode"]!, (bool)run.Variable("r")["IsSuccessStatusCode"]!, (string?)run.Variable("r")["Content"]));
    }

    [Theory]
    [InlineData("Bearer abc.def", "False", true)]
    [InlineData("Digest username=\"a\", realm=\"b\"", "False", true)]
    [InlineData("key=abc", "False", false)]
    [InlineData("key=abc", "True", true)]
    public async Task SendHttpRequest_Authorization_IsSentIfItIsOneOrNobodyLooks(string authorization, string off, bool sent)
    {
        var run = new RunHarness(Workflow(Activity("h", "Elsa.SendHttpRequest", new { url = Literal("https://example.org/"), authorization = Literal(authorization), disableAuthorizationHeaderValidation = Literal(off) })));
        await run.StartAsync();

        Assert.Equal(sent ? [authorization] : [], run.Effects.Select(effect => (string?)effect.Request.Request["headers"]!["Authorization"]));
        Assert.Equal(sent ? [] : ["authorization_invalid"], run.State.Incidents.Select(incident => incident.Code));
        Assert.DoesNotContain("abc", string.Concat(run.State.Incidents.Select(incident => incident.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendHttpRequest_DestinationDenied_IsAnIncident()
    {
        var run = new RunHarness(Workflow(Chart([Http("h")]))) { Answer = e => new(e.Key, false, JValue.CreateNull(), "destination_denied", "10.0.0.1 is private.") };

        await run.RunAsync();

        Assert.Equal("destination_denied", run.State.Incidents[0].Code);
    }
}
