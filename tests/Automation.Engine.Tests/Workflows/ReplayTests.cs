using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

public sealed class ReplayTests
{
    [Property(MaxTest = 150)]
    public bool Flowchart_Random_EndsAndReplaysToTheSameBytes(int seed) => CheckAsync(seed).GetAwaiter().GetResult();

    private static async Task<bool> CheckAsync(int seed)
    {
        var dice = new Random(seed);
        var run = new RunHarness(Workflow(RandomChart(dice), Variable("x", 0, "Int32"))) { Answer = effect => Answer(effect, dice) };
        await run.RunAsync();
        Assert.True(run.State.Status is RunStatus.Finished || run.State.Incidents is [{ Code: "loop_invalid" or "run_too_long" }], $"{run.State.Status} {HarnessText(run)}");
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
        Assert.Equal(run.Snapshots, await run.ReplayAsync(throughJson: true));
        Assert.Equal(run.Effects.Count, run.Effects.Select(effect => effect.Key).Distinct().Count());
        return true;
    }

    private static string HarnessText(RunHarness run) => RunHarness.Text(run.State);

    private static EffectOutcome Answer(PlannedEffect effect, Random dice) => dice.Next(3) == 0
        ? new EffectOutcome(effect.Key, false, JValue.CreateNull(), "retries_exhausted", "Nobody there.")
        : new EffectOutcome(effect.Key, true, JObject.Parse("""{"status":200,"body":"hi","headers":{"a":"b"}}"""), null, null);

    private static JObject RandomChart(Random dice)
    {
        var count = dice.Next(2, 11);
        var activities = new List<JObject>();
        var arrows = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var (json, ports) = RandomActivity(dice, "a" + i);
            activities.Add(json);
            foreach (var port in ports)
            {
                if (i + 1 < count && dice.Next(5) > 0) arrows.Add($"a{i}:{port}>a{dice.Next(i + 1, count)}");
                if (i + 1 < count && dice.Next(3) == 0) arrows.Add($"a{i}:{port}>a{dice.Next(i + 1, count)}");
                if (port == "True" && dice.Next(2) == 0) arrows.Add($"a{i}:{port}>a{dice.Next(0, i + 1)}");
            }
        }
        return Chart(activities.OrderBy(_ => dice.Next()), [.. arrows.Distinct()]);
    }

    private static (JObject Json, string[] Ports) RandomActivity(Random dice, string id) => dice.Next(8) switch
    {
        0 => (Activity(id, "Elsa.FlowDecision", new { condition = Script("coin") }), ["True", "False"]),
        1 => (Activity(id, "Elsa.FlowFork", new { branches = Expression("Object", """["A","B"]""") }), ["A", "B"]),
        2 => (Activity(id, "Elsa.FlowJoin", new { mode = Literal(new[] { "WaitAny", "WaitAll", "WaitAllActive" }[dice.Next(3)]) }), ["Done"]),
        3 => (Activity(id, "Elsa.Delay", new { timeSpan = Literal(TimeSpan.FromMinutes(dice.Next(0, 4)).ToString()) }), ["Done"]),
        4 => (Activity(id, "Elsa.FlowSendHttpRequest", new { url = Literal("https://example.org/"), parsedContent = Output("x2") }), ["Done", "Failed to connect"]),
        5 => (Set(id, "x", NCalc("x + 1")), ["Done"]),
        6 => (Activity(id, "Elsa.ForEach", new { items = Expression("Object", "[1,2]"), body = Activity("w", "Samples.ReverseText", new { text = NCalc("CurrentValue") }) }), ["Done"]),
        _ => (Line(id), ["Done"]),
    };
}
