using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;

namespace Automation.Engine.Ports;

/// <summary>
/// Managers with shifts, leave, presence and load. All of it is our own rows, because amoCRM has no API for it.
/// A reservation is atomic over the account: concurrent steps never see a stale load (SD-6).
/// </summary>
public interface IManagerDirectory
{
    /// <summary>Chooses and reserves. The reservation becomes a row in the commit of the step that asked; until then it is held in memory.</summary>
    ValueTask<AssignmentDecision> ReserveAsync(AssignmentRequest request, CancellationToken cancellationToken);
}

/// <param name="Key">Effect-key-like text that names this reservation; asked twice, it answers the same.</param>
/// <param name="Candidates">User ids, in list order; empty = every known active manager of the connection.</param>
/// <param name="Pipelines">Pipelines whose open deals count as load; empty = all.</param>
/// <param name="Stages">Stages (<c>pipeline/stage</c>) whose open deals count; empty = all open ones.</param>
/// <param name="RequirePresence">Only those seen within <paramref name="PresenceWindow"/>.</param>
/// <param name="IgnoreShifts">The fallback's mode: shifts, leave and presence do not count.</param>
/// <param name="QueueSince">When the deal began to wait; earlier ones of the same pool go first. Null for a deal that does not wait yet.</param>
public sealed record AssignmentRequest(
    string Key, MailboxKey Deal, string Pool, IReadOnlyList<string> Candidates, IReadOnlyList<string> Pipelines, IReadOnlyList<string> Stages,
    bool RequirePresence, TimeSpan PresenceWindow, bool IgnoreShifts, DateTimeOffset Now, DateTimeOffset? QueueSince);

/// <summary>The table of SD-12 and the winner.</summary>
/// <param name="ManagerId">Null when nobody fits; then <paramref name="TryAgainAt"/> says when somebody's shift begins (null = unknown).</param>
public sealed record AssignmentDecision(string? ManagerId, string? ManagerName, IReadOnlyList<AssignmentRow> Table, DateTimeOffset? TryAgainAt);

/// <param name="Excluded">off_shift, on_leave, not_present, inactive, at_cap; null when he fitted.</param>
public sealed record AssignmentRow(string ManagerId, string Name, int Load, decimal Weight, bool OnShift, bool Present, DateTimeOffset? LastAssignedAt, string? Excluded);

/// <summary>A reservation to be committed with the step.</summary>
public sealed record Assignment(string Key, MailboxKey Deal, string Pool, string ManagerId, DateTimeOffset At);
