namespace Automation.Engine.Persistence.Cluster;

/// <summary>
/// The table of a cluster's nodes. A change is taken only from a writer that has read the table's last version and, of a row, its last
/// revision: of two that change it together one is refused and reads again. Only PostgreSQL has it; SQLite serves one process.
/// </summary>
public interface IMemberStore
{
    /// <summary>Makes the row of the version where it is missing. May be repeated.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>All members, or the one of that address, with the version of the same instant.</summary>
    Task<MemberList> ReadAsync(string? address, CancellationToken cancellationToken);

    /// <param name="version">The version the table must have; it becomes one more.</param>
    /// <returns>False, and nothing is written, when the version is another or the address is known.</returns>
    Task<bool> InsertAsync(MemberRow member, int version, CancellationToken cancellationToken);

    /// <summary>Writes everything but the sign of life. <see cref="MemberRow.Revision"/> is the one that was read.</summary>
    /// <returns>False, and nothing is written, when version or revision is another.</returns>
    Task<bool> UpdateAsync(MemberRow member, int version, CancellationToken cancellationToken);

    /// <summary>A sign of life, at the database's time. Changes neither version nor revision.</summary>
    /// <returns>The member's status; null when it is not in the table.</returns>
    Task<int?> TouchAsync(string address, CancellationToken cancellationToken);

    /// <summary>Removes members of that status whose last sign of life is older.</summary>
    /// <returns>How many went.</returns>
    Task<int> CleanAsync(int status, DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Removes all members.</summary>
    Task ClearAsync(CancellationToken cancellationToken);
}
