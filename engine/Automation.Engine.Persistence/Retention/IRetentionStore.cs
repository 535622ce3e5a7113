namespace Automation.Engine.Persistence.Retention;

/// <summary>A statement with values for <c>@p0</c>, <c>@p1</c> …: ids, times, texts, numbers.</summary>
public sealed record RetentionSql(string Text, params IReadOnlyList<object> Values);

/// <summary>What the two databases do differently when old rows go.</summary>
public interface IRetentionStore
{
    /// <summary>Tables whose old journal rows are deleted one by one, as they are of no month.</summary>
    Task<IReadOnlyList<string>> JournalTablesAsync(CancellationToken cancellationToken);

    /// <summary>Room for the journal of this month and the next two. May be repeated; does nothing where the journal is one table.</summary>
    Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Drops whole months of the journal that ended before a time. What runs that wait or were given up need is kept.</summary>
    /// <returns>Months dropped.</returns>
    Task<int> DropMonthsAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>The ids of a query's first column.</summary>
    Task<IReadOnlyList<Guid>> ReadAsync(RetentionSql query, CancellationToken cancellationToken);

    /// <summary>Runs deletes in one short transaction, in turn with other writers.</summary>
    /// <returns>Rows of each.</returns>
    Task<IReadOnlyList<int>> DeleteAsync(IReadOnlyList<RetentionSql> deletes, CancellationToken cancellationToken);
}
