namespace Automation.Server.Tests.Crash;

/// <summary>One installation that is killed again and again.</summary>
/// <param name="Nodes">More than one needs PostgreSQL.</param>
/// <param name="Lease">Seconds; only with PostgreSQL.</param>
/// <param name="Seed">Which points, which moments.</param>
internal sealed record KillScene(string Name, bool OnPostgres, int Nodes, double Lease, int Kills, int Seed)
{
    /// <summary>Acknowledged in a life before it is told to die.</summary>
    public const int Events = 36;

    /// <summary>So many more at most until it is dead: one that does not come by its point is killed then.</summary>
    public const int EventsAfter = 24;

    /// <summary>Every so manyeth life dies while it takes up what the one before left; never two in a row, as R10 gives up at three deaths.</summary>
    public const int RecoveryEvery = 6;
}

/// <summary>What a scene has counted. Lost and timers lost are owed calls that never came; a stale commit that got through leaves a gap or a double in a run's journal.</summary>
internal sealed record KillCounts(int Kills, int Acknowledged, int Lost, int Doubled, int OutOfOrder, int TimersEarly, int TimersLost, int StaleCommits, int TimersFired)
{
    public static KillCounts operator +(KillCounts a, KillCounts b) => new(
        a.Kills + b.Kills, a.Acknowledged + b.Acknowledged, a.Lost + b.Lost, a.Doubled + b.Doubled, a.OutOfOrder + b.OutOfOrder,
        a.TimersEarly + b.TimersEarly, a.TimersLost + b.TimersLost, a.StaleCommits + b.StaleCommits, a.TimersFired + b.TimersFired);

    public static KillCounts None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    public bool Holds => this is { Lost: 0, Doubled: 0, OutOfOrder: 0, TimersEarly: 0, TimersLost: 0, StaleCommits: 0 };
}
