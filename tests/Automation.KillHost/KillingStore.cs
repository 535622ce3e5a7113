using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.KillHost;

/// <summary>The real store, with kill points around what it does.</summary>
internal sealed class KillingStore(IEngineStore store, KillPoints points) : IEngineStore
{
    public async Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken)
    {
        points.Pass(KillPoint.BeforeAccept);
        var results = await store.AcceptAsync(items, cancellationToken);
        points.Pass(KillPoint.AfterAccept);
        return results;
    }

    public async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken)
    {
        points.Pass(KillPoint.BeforeWrite);
        var results = await store.CommitAsync(steps, cancellationToken);
        points.Pass(KillPoint.AfterWrite);
        return results;
    }

    public async Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken)
    {
        var snapshot = await store.LoadAsync(key, cancellationToken);
        points.Pass(KillPoint.AfterLoad);
        return snapshot;
    }

    public async Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var timers = await store.ReadDueTimersAsync(now, limit, cancellationToken);
        if (timers.Count > 0) points.Pass(KillPoint.AfterTimers);
        return timers;
    }

    public Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken) =>
        store.FindUnfinishedAsync(now, after, limit, cancellationToken);
}
