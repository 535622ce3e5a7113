namespace Automation.Engine.Persistence.Backup;

/// <summary>
/// What a restored installation knows of its other life. Between the backup and the first start after it another server may have worked
/// on the same deals: what falls into that span may have been done already, and nobody here knows. Empty where nothing was restored.
/// </summary>
public sealed class RestorePoint
{
    private sealed record Span(DateTimeOffset TakenAt, DateTimeOffset StartedAt);

    private volatile Span? span;

    /// <summary>From here on nobody knows; null where nothing was restored.</summary>
    public DateTimeOffset? Since => span?.TakenAt;

    /// <summary>A little earlier than the backup: what was just being written is not in it.</summary>
    public void Set(DateTimeOffset takenAt, DateTimeOffset startedAt) => span = new(takenAt.AddMinutes(-1), startedAt);

    /// <summary>For what was due, accepted or planned at a time: when the other life may have done it at the earliest; null when it cannot have.</summary>
    public DateTimeOffset? Doubtful(DateTimeOffset at) => span is { } gone && at < gone.StartedAt ? (at > gone.TakenAt ? at : gone.TakenAt) : null;
}
