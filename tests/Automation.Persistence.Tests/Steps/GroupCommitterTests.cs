using System.Collections.Concurrent;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Steps;
using FsCheck.Xunit;

namespace Automation.Persistence.Tests.Steps;

public sealed class GroupCommitterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Property(MaxTest = 200)]
    public async Task Add_AnyItemsBad_FailsThoseAndCommitsTheOthersOnce(bool[] bad, byte maxBatch, byte loops)
    {
        var committed = new ConcurrentBag<int>();
        await using var committer = new GroupCommitter<int, int>(
            (items, _) =>
            {
                if (items.Any(i => bad[i])) throw new InvalidOperationException("bad " + string.Join(' ', items.Where(i => bad[i])));
                foreach (var item in items) committed.Add(item);
                return Task.FromResult<IReadOnlyList<int>>([.. items.Select(i => i * 10)]);
            },
            new() { MaxBatch = 1 + maxBatch % 9, Loops = 1 + loops % 3, Capacity = 4 });

        var answers = await Task.WhenAll(Enumerable.Range(0, bad.Length).Select(async i =>
        {
            try
            {
                return (object)await committer.AddAsync(i, Cancellation);
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        }));

        Assert.Equal(Enumerable.Range(0, bad.Length).Select(i => bad[i] ? (object)$"bad {i}" : i * 10), answers);
        Assert.Equal(Enumerable.Range(0, bad.Length).Where(i => !bad[i]), committed.Order());
    }

    [Fact]
    public async Task Add_WhileABatchRuns_GroupsWhatWaits()
    {
        var gate = new Gate();
        await using var committer = new GroupCommitter<int, int>(gate.CommitAsync, new() { MaxBatch = 50 });

        var first = committer.AddAsync(0, Cancellation);
        await gate.Entered.Task;
        var others = Enumerable.Range(1, 80).Select(i => committer.AddAsync(i, Cancellation)).ToList();
        gate.Opened.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([1, 50, 30], gate.Sizes);
    }

    [Fact]
    public async Task Add_StoreIsDown_FailsAllAndRepeatsNothing()
    {
        var gate = new Gate { Failure = new CommitUnknownException("lost", new IOException()) };
        await using var committer = new GroupCommitter<int, int>(gate.CommitAsync, new());

        var first = committer.AddAsync(0, Cancellation);
        await gate.Entered.Task;
        var others = Enumerable.Range(1, 9).Select(i => committer.AddAsync(i, Cancellation)).ToList();
        gate.Opened.SetResult();

        foreach (var task in others.Prepend(first)) await Assert.ThrowsAsync<CommitUnknownException>(() => task);
        Assert.Equal([1, 9], gate.Sizes);
    }

    [Fact]
    public async Task Add_CancelledWhileWaiting_IsNeverCommitted()
    {
        var gate = new Gate();
        await using var committer = new GroupCommitter<int, int>(gate.CommitAsync, new());
        using var withdrawal = new CancellationTokenSource();
        var first = committer.AddAsync(0, withdrawal.Token);
        await gate.Entered.Task;

        var waiting = committer.AddAsync(1, withdrawal.Token);
        await withdrawal.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Opened.SetResult();

        Assert.Equal(0, await first);
        await committer.DisposeAsync();
        Assert.Equal([1], gate.Sizes);
    }

    [Fact]
    public async Task Dispose_ItemsInside_FinishesThemAndTakesNoMore()
    {
        var gate = new Gate();
        var committer = new GroupCommitter<int, int>(gate.CommitAsync, new());
        var inside = Enumerable.Range(0, 20).Select(i => committer.AddAsync(i, Cancellation)).ToList();

        var stop = committer.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => committer.AddAsync(99, Cancellation));
        gate.Opened.SetResult();
        await stop;

        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(inside));
    }

    /// <summary>A batch function that waits to be let through.</summary>
    private sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public List<int> Sizes { get; } = [];
        public Exception? Failure { get; init; }

        public async Task<IReadOnlyList<int>> CommitAsync(IReadOnlyList<int> items, CancellationToken cancellationToken)
        {
            Sizes.Add(items.Count);
            Entered.TrySetResult();
            await Opened.Task;
            return Failure is null ? items : throw Failure;
        }
    }
}
