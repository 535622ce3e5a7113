using System.Diagnostics.Metrics;

namespace Automation.Engine.Hosting;

/// <summary>What the runtime counts; the meter's name is <c>Automation</c>.</summary>
internal static class EngineMeters
{
    private static readonly Meter Meter = new("Automation");

    /// <summary>Writes of an activation that no longer owned its mailbox (R5). They changed nothing.</summary>
    public static readonly Counter<long> StaleCommits = Meter.CreateCounter<long>("automation.stale_commit_refused", description: "Writes refused because another activation owns the mailbox");
}
