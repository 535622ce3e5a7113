using System.Data.Common;

namespace Automation.Engine.Persistence.Steps;

/// <summary>How items that arrive together are committed together.</summary>
public sealed record GroupCommitterOptions
{
    /// <summary>Most items in one batch. Default 256.</summary>
    public int MaxBatch { get; init; } = 256;

    /// <summary>Batches in flight at once. Default 1: right for SQLite, which has one writer; PostgreSQL gains from 2 to 4.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>Items that may wait; callers beyond it wait for room. Default 4,096.</summary>
    public int Capacity { get; init; } = 4_096;

    /// <summary>Where the loops run. Default: the thread pool.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>
    /// True for an exception that one item may have caused, so that the batch is tried again in halves. False: the store is down, or
    /// nobody knows what happened; every caller gets the exception and nothing is repeated. Default <see cref="IsItemFault"/>.
    /// </summary>
    public Func<Exception, bool> Isolates { get; init; } = IsItemFault;

    /// <summary>Everything but cancellation, I/O, time-outs, other errors of the database, and unknown results.</summary>
    public static bool IsItemFault(Exception exception) =>
        exception is not (OperationCanceledException or DbException or IOException or TimeoutException or CommitUnknownException);
}
