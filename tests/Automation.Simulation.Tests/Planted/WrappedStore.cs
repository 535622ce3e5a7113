using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Simulation.Tests.Planted;

/// <summary>Hands everything on, for bugs that change one thing.</summary>
public abstract class WrappedStore(IEngineStore store) : IEngineStore
{
    public virtual Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) => store.AcceptAsync(items, cancellationToken);

    public virtual Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) => store.CommitAsync(steps, cancellationToken);

    public virtual Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken) => store.LoadAsync(key, cancellationToken);

    public Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => store.ReadDueTimersAsync(now, limit, cancellationToken);

    public Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken) => store.FindUnfinishedAsync(now, after, limit, cancellationToken);
}
