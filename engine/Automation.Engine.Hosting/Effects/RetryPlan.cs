namespace Automation.Engine.Hosting.Effects;

/// <summary>When a failed effect is tried again (R8).</summary>
public static class RetryPlan
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(7),
        TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromHours(1),
    ];

    /// <summary>The waits in their order, before they are spread.</summary>
    public static IReadOnlyList<TimeSpan> Plan => Waits;

    /// <summary>The wait after the given try, ± 20 %, never shorter than what the other side asked for; null when the plan is used up.</summary>
    /// <param name="tries">Tries made so far; 1 after the first.</param>
    /// <param name="roll">A random number in [0, 1).</param>
    public static TimeSpan? After(int tries, TimeSpan? asked, double roll)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tries, 1);
        if (tries > Waits.Length) return null;
        var wait = Waits[tries - 1] * (0.8 + 0.4 * roll);
        return asked > wait ? asked : wait;
    }
}
