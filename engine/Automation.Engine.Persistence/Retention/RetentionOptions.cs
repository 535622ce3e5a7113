using System.ComponentModel.DataAnnotations;

namespace Automation.Engine.Persistence.Retention;

/// <summary>How long what is over is kept, in days. What still waits, or is given up and not redriven, is kept as long as it does and then as said here.</summary>
public sealed class RetentionOptions
{
    /// <summary>Finished and cancelled runs with their actions, processed events and the hooks they came in. Default 90, at least 8: keys of events are known for 7 days (R2).</summary>
    [Range(8, 36_500)]
    public int FinishedDays { get; set; } = 90;

    /// <summary>What was given up and nobody redrove. Default 400.</summary>
    [Range(8, 36_500)]
    public int DeadDays { get; set; } = 400;

    /// <summary>The journal. Default 400. On PostgreSQL whole months go.</summary>
    [Range(8, 36_500)]
    public int JournalDays { get; set; } = 400;

    /// <summary>Times before which each kind may go.</summary>
    public RetentionCut At(DateTimeOffset now) => new(now.AddDays(-FinishedDays), now.AddDays(-DeadDays), now.AddDays(-JournalDays));
}

/// <summary>What ended before these times may go.</summary>
public sealed record RetentionCut(DateTimeOffset Finished, DateTimeOffset Dead, DateTimeOffset Journal);

/// <summary>Rows removed.</summary>
/// <param name="Months">Months of the journal dropped as a whole.</param>
public sealed record RetentionReport(int Runs, int Effects, int Events, int Hooks, int Journal, int Months);
