using Automation.Engine.Funnels.Flows;

namespace Automation.Engine.Tests.Funnels;

/// <summary>Lists of every kind of step, nested up to three deep, each step reached.</summary>
internal static class RandomFlow
{
    public static FlowList Of(int seed)
    {
        var (random, ids) = (new Random(seed), FlowEdits.NewIds(null, FlowList.Empty));
        return new(Chain(random, ids, 0, 1 + random.Next(4)));
    }

    private static List<FlowStep> Chain(Random random, Func<string> ids, int depth, int length)
    {
        var steps = new List<FlowStep>();
        for (var at = 0; at < length; at++)
        {
            steps.Add(Step(random, ids, depth));
            if (!steps[^1].LeadsOn) break;
        }

        return steps;
    }

    private static FlowStep Step(Random random, Func<string> ids, int depth) => (depth < 3 ? random.Next(7) : random.Next(2)) switch
    {
        0 or 1 => random.Next(8) == 0 ? FlowEdits.New(ids(), FlowKinds.End, 1) : FlowEdits.New(ids(), "Elsa.WriteLine", 1, new FlowWay("Done", [])),
        2 => FlowEdits.New(ids(), "Crm.SendSms", 1, new FlowWay("Done", []), Way(random, ids, depth, "Failed") is { Ends: false, Steps.Count: 0 } empty ? empty with { Port = "No phone" } : Way(random, ids, depth, "Failed")),
        3 or 4 => FlowEdits.New(ids(), FlowKinds.Decision, 1, Way(random, ids, depth, "True"), Way(random, ids, depth, "False")),
        5 => FlowEdits.New(ids(), FlowKinds.WaitForEvent, 1, Way(random, ids, depth, "Happened"), Way(random, ids, depth, "TimedOut")),
        _ => Parallel(random, ids, depth),
    };

    private static FlowStep Parallel(Random random, Func<string> ids, int depth)
    {
        var parallel = FlowEdits.NewParallel(ids, [.. Enumerable.Range(1, 2 + random.Next(2)).Select(number => $"{number}")]);
        var ways = parallel.Ways.Select(way => Way(random, ids, depth, way.Port)).ToList();
        // A join that nothing leads to is no part of a list.
        if (!ways.Any(way => way.LeadsOn)) ways[0] = new(ways[0].Port, []);
        return parallel with { Ways = ways };
    }

    private static FlowWay Way(Random random, Func<string> ids, int depth, string port) => new(port, Chain(random, ids, depth + 1, random.Next(3)), random.Next(4) == 0);
}
