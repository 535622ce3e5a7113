using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Hosting.Tests.Faults;

/// <summary>The real store, of which one write fails: not done at all, or done with the answer lost.</summary>
/// <param name="told">Hears also of the commit whose answer is lost: it may be the last one.</param>
internal sealed class FailingStore(IEngineStore store, StepObserver told) : IEngineStore
{
    private int left;
    private bool isDone;

    /// <summary>True while the write that is to fail has not come.</summary>
    public bool IsArmed => Volatile.Read(ref left) > 0;

    /// <param name="write">1 is the next write.</param>
    /// <param name="done">It stands, and only the answer is lost.</param>
    public void Fail(int write, bool done)
    {
        isDone = done;
        Volatile.Write(ref left, write);
    }

    public Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) => WriteAsync(() => store.AcceptAsync(items, cancellationToken), () => { });

    public Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) => WriteAsync(() => store.CommitAsync(steps, cancellationToken), () => told.AfterCommit(steps[0], true));

    public Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken) => store.LoadAsync(key, cancellationToken);

    public Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => store.ReadDueTimersAsync(now, limit, cancellationToken);

    public Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken) => store.FindUnfinishedAsync(now, after, limit, cancellationToken);

    private async Task<T> WriteAsync<T>(Func<Task<T>> write, Action lost)
    {
        var isThis = Volatile.Read(ref left) > 0 && Interlocked.Decrement(ref left) == 0;
        if (isThis && !isDone) throw new IOException("The disk has refused a write.");
        var result = await write();
        if (!isThis) return result;
        lost();
        throw new IOException("The answer of a write is lost.");
    }
}
