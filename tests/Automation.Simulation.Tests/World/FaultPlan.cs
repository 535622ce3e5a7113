namespace Automation.Simulation.Tests.World;

/// <summary>What goes wrong in one history. Each kind of fault is absent in about half of the histories, so that the others show.</summary>
public sealed record FaultPlan
{
    /// <summary>How long faults go on; after it everything works.</summary>
    public static readonly TimeSpan Storm = TimeSpan.FromSeconds(45);

    public required int Nodes { get; init; }
    public required int Deals { get; init; }
    public required int Hooks { get; init; }
    public required int Killers { get; init; }
    public required int Unreadable { get; init; }

    public required double StoreFails { get; init; }
    public required double StoreUnknown { get; init; }
    public required double StoreSlow { get; init; }

    /// <summary>Exactly this write fails; 0 for none.</summary>
    public required int FailingWrite { get; init; }
    public required IReadOnlyList<Span> Outages { get; init; }

    public required double MessageLost { get; init; }
    public required double MessageSlow { get; init; }
    public required int Crashes { get; init; }
    public required int Pauses { get; init; }
    public required int Moves { get; init; }
    public required int HandBacks { get; init; }
    public required int Jumps { get; init; }

    /// <summary>Runs that a person cancels.</summary>
    public required int Cancels { get; init; }

    public required double HookCopied { get; init; }
    public required double HookLost { get; init; }
    public required double GatewayFails { get; init; }
    public required double GatewaySlow { get; init; }
    public required double AnswerLost { get; init; }
    public required IReadOnlyList<Span> GatewayDead { get; init; }

    public static FaultPlan None(int nodes) => new()
    {
        Nodes = nodes,
        Deals = 1,
        Hooks = 0,
        Killers = 0,
        Unreadable = 0,
        StoreFails = 0,
        StoreUnknown = 0,
        StoreSlow = 0,
        FailingWrite = 0,
        Outages = [],
        MessageLost = 0,
        MessageSlow = 0,
        Crashes = 0,
        Pauses = 0,
        Moves = 0,
        HandBacks = 0,
        Jumps = 0,
        Cancels = 0,
        HookCopied = 0,
        HookLost = 0,
        GatewayFails = 0,
        GatewaySlow = 0,
        AnswerLost = 0,
        GatewayDead = [],
    };

    public static FaultPlan Draw(SimulatedWorld world)
    {
        return new()
        {
            Nodes = 1 + world.Chance.Next(3),
            Deals = 1 + world.Chance.Next(4),
            Hooks = 6 + world.Chance.Next(20),
            Killers = world.Happens(0.1) ? 1 : 0,
            Unreadable = world.Happens(0.15) ? 1 : 0,
            StoreFails = Rate(0.1),
            StoreUnknown = Rate(0.1),
            StoreSlow = Rate(0.2),
            FailingWrite = Count(40),
            Outages = Spans(2, 4),
            MessageLost = Rate(0.25),
            MessageSlow = Rate(0.3),
            Crashes = Count(4),
            Pauses = Count(3),
            Moves = Count(5),
            HandBacks = Count(6),
            Jumps = Count(3),
            HookCopied = Rate(0.4),
            HookLost = Rate(0.2),
            GatewayFails = Rate(0.3),
            GatewaySlow = Rate(0.4),
            AnswerLost = Rate(0.3),
            GatewayDead = Spans(2, 8),
            Cancels = Count(3),
        };

        double Rate(double most) => world.Happens(0.5) ? 0 : world.Chance.NextDouble() * most;
        int Count(int most) => world.Happens(0.5) ? 0 : 1 + world.Chance.Next(most);
        List<Span> Spans(int most, double seconds) =>
            [.. Enumerable.Range(0, Count(most)).Select(_ => world.Between(0, 40)).Select(from => new Span(from, from + world.Between(0.2, seconds)))];
    }

    public readonly record struct Span(TimeSpan From, TimeSpan To)
    {
        public bool Holds(TimeSpan at) => at >= From && at < To;
    }
}
