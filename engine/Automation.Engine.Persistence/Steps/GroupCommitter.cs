using System.Threading.Channels;

namespace Automation.Engine.Persistence.Steps;

/// <summary>
/// Commits in groups: a loop takes everything that waits, without delay, and gives it to one batch call. Each caller gets its own
/// result or its own item's exception. Disposing takes no more items, finishes those inside, then returns.
/// </summary>
public sealed class GroupCommitter<TItem, TResult> : IAsyncDisposable
{
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> commit;
    private readonly GroupCommitterOptions options;
    private readonly Channel<PendingItem<TItem, TResult>> waiting;
    private readonly Task loops;

    /// <param name="commit">One batch, all or nothing; answers in the order of the items.</param>
    public GroupCommitter(Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> commit, GroupCommitterOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Loops, 1);
        (this.commit, this.options) = (commit, options);
        waiting = Channel.CreateBounded<PendingItem<TItem, TResult>>(new BoundedChannelOptions(options.Capacity) { SingleReader = options.Loops == 1 });
        loops = Task.WhenAll(Enumerable.Range(0, options.Loops).Select(_ => Task.Factory.StartNew(LoopAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, options.Scheduler).Unwrap()));
    }

    /// <summary>Commits the item with whatever else waits.</summary>
    /// <param name="cancellationToken">Withdraws an item that still waits. One that a batch has taken is finished, and its result is given.</param>
    /// <exception cref="ObjectDisposedException">The committer takes no more.</exception>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancellationToken)
    {
        var pending = new PendingItem<TItem, TResult>(item);
        try
        {
            await waiting.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(GroupCommitter<,>));
        }
        await using var withdrawal = cancellationToken.Register(() => pending.Withdraw(cancellationToken));
        return await pending.Result;
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loops;
    }

    private async Task LoopAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            var batch = new List<PendingItem<TItem, TResult>>();
            while (batch.Count < options.MaxBatch && waiting.Reader.TryRead(out var pending))
                if (pending.Take()) batch.Add(pending);
            if (batch.Count > 0) await CommitAsync(batch);
        }
    }

    // Not cancellable: a stop waits for the batch, so that nobody is left with an unknown result.
    private async Task CommitAsync(List<PendingItem<TItem, TResult>> batch)
    {
        try
        {
            var results = await commit([.. batch.Select(pending => pending.Item)], CancellationToken.None);
            for (var i = 0; i < batch.Count; i++) batch[i].Complete(results[i]);
        }
        catch (Exception e) when (batch.Count > 1 && options.Isolates(e))
        {
            var half = batch.Count / 2;
            await CommitAsync(batch[..half]);
            await CommitAsync(batch[half..]);
        }
#pragma warning disable CA1031 // Each caller gets the exception; the loop lives on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var pending in batch) pending.Fail(e);
        }
    }
}
