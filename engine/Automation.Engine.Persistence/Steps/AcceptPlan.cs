using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Persistence.Steps;

/// <summary>What a batch of hooks writes, and its answers.</summary>
public sealed record AcceptPlan(
    IReadOnlyList<HookRow> Hooks, IReadOnlyList<EventRow> Events, IReadOnlyList<MailboxCursor> Mailboxes, IReadOnlyList<AcceptResult> Results)
{
    /// <summary>False when everything was a copy.</summary>
    public bool HasWrites => Hooks.Count > 0 || Events.Count > 0;
}
