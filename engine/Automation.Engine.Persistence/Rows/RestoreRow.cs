namespace Automation.Engine.Persistence.Rows;

/// <summary>Says that this database came out of a backup. A copy carries the row; the first server that starts on it sets its time.</summary>
public sealed class RestoreRow
{
    public Guid Id { get; set; }

    /// <summary>When the copy was begun: everything the database holds had happened by then or a moment after.</summary>
    public DateTimeOffset TakenAt { get; set; }

    /// <summary>When the first server began to work on the restored copy; null until then.</summary>
    public DateTimeOffset? StartedAt { get; set; }
}
