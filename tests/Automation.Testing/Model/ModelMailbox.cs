using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Testing.Model;

/// <summary>What stands under one mailbox key.</summary>
internal sealed class ModelMailbox(MailboxKey key)
{
    public MailboxKey Key { get; } = key;
    public MailboxRow? Row { get; set; }
    public List<EventRow> Events { get; } = [];
    public Dictionary<Guid, RunRow> Runs { get; } = [];
    public Dictionary<string, EffectRow> Effects { get; } = new(StringComparer.Ordinal);
    public Dictionary<Guid, TimerRow> Timers { get; } = [];

    public MailboxSnapshot? Load() => Row is null ? null : new(
        RowCopy.Of(Row),
        [.. Events.Where(e => e.Status == EventStatus.Waiting).OrderBy(e => e.Number).Select(StoredEvents.From)],
        [.. Runs.Values.Where(run => run.Status is 0 or 1).OrderBy(run => run.Id).Select(RowCopy.Of)],
        [.. Effects.Values.Where(effect => effect.State is 0 or 1 or 4).OrderBy(e => e.PlannedAt).ThenBy(e => e.Position).ThenBy(e => e.Key, StringComparer.Ordinal).Select(RowCopy.Of)],
        [.. Timers.Values.OrderBy(timer => timer.DueAt).ThenBy(timer => timer.Id).Select(RowCopy.Of)]);

    public bool IsUnfinished(DateTimeOffset now) =>
        Events.Exists(e => e.Status == EventStatus.Waiting) || Effects.Values.Any(e => e.State is 0 or 1 && (e.NextTryAt is null || e.NextTryAt <= now));
}
