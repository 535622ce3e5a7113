using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

public sealed class ActivityTests
{
    private static Task<RunHarness> RunAsync(JObject root, params JObject[] variables) => new RunHarness(Workflow(root, variables)).RunAsync();

    [Theory]
    [InlineData("True", "then")]
    [InlineData("False", "else")]
    public async Task If_Condition_RunsItsBranch(string condition, string line)
    {
        var run = await RunAsync(Activity("if", "Elsa.If", new { condition = Literal(condition), then = Line("then"), @else = Line("else"), result = Output("r") }), Variable("r"));

        Assert.Equal([line], run.Lines);
        Assert.Equal(condition == "True", (bool)run.Variable("r"));
    }

    [Fact]
    public async Task If_EmptyBranch_Completes() =>
        Assert.Equal(RunStatus.Finished, (await RunAsync(Activity("if", "Elsa.If", new { condition = Literal("True") }))).State.Status);

    [Theory]
    [InlineData("MatchFirst", "one")]
    [InlineData("MatchAny", "one two")]
    public async Task Switch_Mode_TakesFirstOrAll(string mode, string lines)
    {
        var cases = new object[]
        {
            new { label = "0", condition = new { type = "NCalc", value = "deal.price < 1" }, activity = Line("zero") },
            new { label = "1", condition = new { type = "NCalc", value = "deal.price > 1" }, activity = Line("one") },
            new { label = "2", condition = new { type = "Literal", value = "True" }, activity = Line("two") },
        };

        var run = await RunAsync(Activity("s", "Elsa.Switch", new { cases, mode = Literal(mode), @default = Line("default") }));

        Assert.Equal(lines, string.Join(' ', run.Lines));
    }

    [Fact]
    public async Task Switch_NoMatch_RunsDefault() => Assert.Equal(["default"], (await RunAsync(Activity("s", "Elsa.Switch", new { @default = Line("default") }))).Lines);

    [Theory]
    [InlineData("deal.price > 1", "b")]
    [InlineData("deal.price < 1", "d")]
    public async Task FlowSwitch_Case_TakesItsWay(string condition, string line)
    {
        var cases = new[] { new { label = "Big", condition = new { type = "NCalc", value = condition } } };

        var run = await RunAsync(Chart([Activity("s", "Elsa.FlowSwitch", new { cases }), Line("b"), Line("d")], "s:Big>b", "s:Default>d"));

        Assert.Equal([line], run.Lines);
    }

    [Fact]
    public async Task ForEach_JsonText_ShowsEachItem()
    {
        var body = Sequence("body", Line("l", Expression("Variable", "CurrentValue")), Activity("w", "Elsa.Delay", new { timeSpan = Literal("00:01:00") }));

        var run = await RunAsync(Activity("each", "Elsa.ForEach", new { items = Expression("Object", """["x","y","z"]"""), body, currentValue = Output("last") }), Variable("last"));

        Assert.Equal(["x", "y", "z"], run.Lines);
        Assert.Equal("z", (string?)run.Variable("last"));
        Assert.Equal(4, run.Snapshots.Count);
    }

    /// <summary>All bodies wait at once, each with its own item; after the wait they still have it.</summary>
    [Fact]
    public async Task ParallelForEach_BodiesThatWait_KeepTheirOwnItem()
    {
        var body = Sequence("body", Line("before", Expression("Variable", "CurrentValue")), Activity("w", "Elsa.Delay", new { timeSpan = Literal("00:01:00") }), Line("after", Expression("Variable", "CurrentValue")));
        var run = new RunHarness(Workflow(Sequence("s", Activity("each", "Elsa.ParallelForEach", new { items = Expression("Object", """["x","y","z"]"""), body }), Line("end"))));
        await run.StartAsync();

        Assert.Equal(["x", "y", "z"], run.Lines);
        Assert.Equal(3, run.State.Bookmarks.Count);
        await run.DriveAsync();
        Assert.Equal(["x", "y", "z", "x", "y", "z", "end"], run.Lines);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task ParallelForEach_NoItems_Completes() =>
        Assert.Equal(["end"], (await RunAsync(Sequence("s", Activity("each", "Elsa.ParallelForEach", new { items = Expression("Object", "[]"), body = Line("never") }), Line("end")))).Lines);

    [Fact]
    public async Task Parallel_Children_RunAtOnceAndAllAreWaitedFor()
    {
        var slow = Sequence("slow", Activity("w", "Elsa.Delay", new { timeSpan = Literal("00:01:00") }), Line("slow line"));
        var run = await RunAsync(Sequence("s", Activity("p", "Elsa.Parallel", new { activities = new[] { slow, Line("quick") } }), Line("end")));

        Assert.Equal(["quick", "slow line", "end"], run.Lines);
    }

    [Fact]
    public async Task Log_Message_StandsInTheJournalWithItsLevel()
    {
        var run = await RunAsync(Activity("log", "Elsa.Log", new { message = Literal("ready"), level = Literal("Warning"), attributes = Expression("Object", """{"step":1}""") }));

        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Fact]
    public async Task While_Condition_IsEvaluatedEachTime()
    {
        var run = await RunAsync(Activity("w", "Elsa.While", new { condition = Script("i < 3"), body = Set("add", "i", NCalc("i + 1")) }), Variable("i", 0, "Int32"));

        Assert.Equal(3, (int)run.Variable("i"));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Theory]
    [InlineData("1", "3", "1", "True", "1 2 3")]
    [InlineData("1", "3", "1", "False", "1 2")]
    [InlineData("3", "1", "-1", "True", "3 2 1")]
    public async Task For_Bounds_CountsBetweenThem(string start, string end, string step, string inclusive, string lines)
    {
        var run = await RunAsync(Activity("for", "Elsa.For", new { start = Literal(start), end = Literal(end), step = Literal(step), outerBoundInclusive = Literal(inclusive), body = Line("l", Expression("Variable", "CurrentValue")) }));

        Assert.Equal(lines, string.Join(' ', run.Lines));
    }

    [Fact]
    public async Task Break_InNestedChart_EndsTheInnerLoopOnly()
    {
        var chart = Chart([Line("l"), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("CurrentIndex > 0") }), Activity("b", "Elsa.Break")], "l>d", "d:True>b");
        var inner = Activity("inner", "Elsa.ForEach", new { items = Expression("Object", "[1,2,3,4]"), body = chart });
        var outer = Activity("outer", "Elsa.ForEach", new { items = Expression("Object", "[1,2]"), body = inner });

        var run = await RunAsync(Sequence("s", outer, Line("end")));

        Assert.Equal(["l", "l", "l", "l", "end"], run.Lines);
    }

    [Fact]
    public async Task Finish_InNestedLoop_EndsTheWorkflow()
    {
        var loop = Activity("each", "Elsa.ForEach", new { items = Expression("Object", "[1,2]"), body = Sequence("b", Line("l"), Activity("fin", "Elsa.Finish")) });

        var run = await RunAsync(Sequence("s", loop, Line("never")));

        Assert.Equal(["l"], run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Fact]
    public async Task Delay_TimeSpan_IsATimer()
    {
        var run = new RunHarness(Workflow(Sequence("s", Activity("d", "Elsa.Delay", new { timeSpan = Literal("02:00:00") }), Line("l"))));
        await run.StartAsync();

        Assert.Equal(run.Now.AddHours(2), Assert.Single(run.State.Bookmarks).DueAt);
        await run.DriveAsync();
        Assert.Equal(["l"], run.Lines);
    }

    [Fact]
    public async Task Timer_InTheMiddle_WaitsItsIntervalOnce()
    {
        var run = new RunHarness(Workflow(Sequence("s", Activity("t", "Elsa.Timer", new { interval = Literal("00:30:00") }), Line("l"))));
        await run.StartAsync();

        Assert.Equal(run.Now.AddMinutes(30), Assert.Single(run.State.Bookmarks).DueAt);
        await run.DriveAsync();
        Assert.Equal(["l"], run.Lines);
    }

    private sealed class Mondays : ICronTimes
    {
        public DateTimeOffset? Next(string expression, DateTimeOffset now, TimeZoneInfo zone) => expression switch
        {
            "mondays" => now.AddDays(7),
            "never" => null,
            _ => throw new FormatException("no"),
        };
    }

    [Theory]
    [InlineData("mondays", null)]
    [InlineData("never", "cron_never")]
    [InlineData("nonsense", "cron_invalid")]
    public async Task Cron_InTheMiddle_WaitsForItsNextTimeOrSaysWhyNot(string expression, string? incident)
    {
        var run = new RunHarness(Workflow(Sequence("s", Activity("c", "Elsa.Cron", new { cronExpression = Literal(expression) }), Line("l"))), services => services.AddSingleton<ICronTimes, Mondays>());
        await run.StartAsync();

        Assert.Equal(incident, run.State.Incidents is [var first, ..] ? first.Code : null);
        if (incident is null) Assert.Equal(run.Now.AddDays(7), Assert.Single(run.State.Bookmarks).DueAt);
    }

    [Theory]
    [InlineData("2026-11-23T12:00:00+03:00")]
    [InlineData("23.11.2026 12:00:00")]
    [InlineData("11/23/2026 12:00:00 PM")]
    public async Task StartAt_TextOfAnyCulture_IsWallTimeOfTheAccount(string text)
    {
        var run = new RunHarness(Workflow(Activity("d", "Elsa.StartAt", new { dateTime = Literal(text) })));
        await run.StartAsync();

        Assert.Equal(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), run.State.Bookmarks[0].DueAt);
    }

    [Fact]
    public async Task Event_Hit_GivesItsPayload()
    {
        var run = await RunAsync(Sequence("s", Activity("e", "Elsa.Event", new { eventName = Literal("paid"), result = Output("p") }), Line("l")), Variable("p"));
        Assert.Equal(Activities.Waits.EventStimulus.HashOf("paid"), run.State.Bookmarks[0].Hash);

        await run.HitAsync(new { sum = 7 });

        Assert.Equal(7, (int)run.Variable("p")["sum"]!);
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Theory]
    [InlineData(true, "came")]
    [InlineData(false, "late")]
    public async Task WaitForEvent_EventOrItsTime_TakesOneWayAndForgetsTheOther(bool comes, string way)
    {
        var wait = Activity("w", "Automation.WaitForEvent", new { eventName = Literal("paid"), duration = Literal("2h") });
        var run = new RunHarness(Workflow(Chart([wait, Line("came"), Line("late")], "w:Happened>came", "w:TimedOut>late")), services => services.AddSingleton<IWorkCalendars>(new PlainTime()));
        await run.StartAsync();
        Assert.Equal(2, run.State.Bookmarks.Count);

        if (comes) await run.HitAsync(name: SharedStimuli.Event);
        else await run.DriveAsync();

        Assert.Equal([way], run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    private sealed class PlainTime : IWorkCalendars
    {
        public ValueTask<Deadline> FindAsync(AccountId account, ConnectionId connection, DueRule rule, CancellationToken cancellationToken) => new(new Deadline(rule.From + rule.Length.Time, null, "ru", []));

        public ValueTask<Deadline> OpeningAsync(AccountId account, Automation.Engine.Funnels.ActiveHours hours, DateTimeOffset moment, CancellationToken cancellationToken) => new(new Deadline(moment, null, "ru", []));
    }

    [Fact]
    public async Task PublishEvent_Payload_IsPartOfTheStep()
    {
        var run = await RunAsync(Activity("p", "Elsa.PublishEvent", new { eventName = Literal("paid"), correlationId = Literal("c"), isLocalEvent = Literal("True"), payload = Expression("Object", """{"sum":7}""") }));

        Assert.Equal(("paid", "c", true, 7), (run.Published[0].Name, run.Published[0].CorrelationId, run.Published[0].Local, (int)run.Published[0].Payload["sum"]!));
    }

    [Fact]
    public async Task Primitives_Values_ShowInTheState()
    {
        var document = Workflow(Sequence("s", Activity("n", "Elsa.SetName", new { value = Literal("Name") }), Activity("c", "Elsa.Correlate", new { correlationId = Expression("Input", "id") }),
            Activity("o", "Elsa.SetOutput", new { outputName = Literal("sum"), outputValue = NCalc("deal.price + 1") })));

        var run = await new RunHarness(document).RunAsync(new { id = "c9" });

        Assert.Equal(("Name", "c9", 5001), (run.State.Name, run.State.CorrelationId, (int)run.Outputs["sum"]!));
    }

    [Fact]
    public async Task Complete_Outcomes_AreTheWorkflows()
    {
        var run = await RunAsync(Sequence("s", Activity("c", "Elsa.Complete", new { outcomes = Expression("Object", """["Won"]""") }), Line("never")));

        Assert.Empty(run.Lines);
        Assert.Equal("Won", (string?)run.Facts.Single(f => (string)f["node"]! == "Workflow1" && (string)f["event"]! == "Completed")["outcomes"]![0]);
    }

    [Fact]
    public async Task Fault_Code_BecomesAnIncident()
    {
        var run = await RunAsync(Sequence("s", Activity("f", "Elsa.Fault", new { code = Literal("no_stock"), message = Literal("Nothing left.") }), Line("never")));

        Assert.Equal(RunStatus.Faulted, run.State.Status);
        Assert.Equal(("no_stock", "Nothing left."), (run.State.Incidents[0].Code, run.State.Incidents[0].Message));
    }

    [Fact]
    public async Task RunJavaScript_Answer_SetsVariablesAndTakesOutcomes()
    {
        var chart = Chart([Activity("js", "Elsa.RunJavaScript", new { script = Literal("set x 5") }), Activity("js2", "Elsa.RunJavaScript", new { script = Literal("outcome Left"), result = Output("r") }), Line("left"), Line("right")], "js>js2", "js2:Left>left", "js2:Right>right");

        var run = await RunAsync(chart, Variable("x", null, "Int32"), Variable("r"));

        Assert.Equal(5, (int)run.Variable("x"));
        Assert.Equal(["left"], run.Lines);
        Assert.Equal("outcome Left", (string?)run.Variable("r"));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task RunJavaScript_Failing_IsAnIncident() =>
        Assert.Equal("script_failed", (await RunAsync(Activity("js", "Elsa.RunJavaScript", new { script = Literal("fail") }))).State.Incidents[0].Code);
}
