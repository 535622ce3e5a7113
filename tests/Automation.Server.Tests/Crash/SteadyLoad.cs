using System.Globalization;

namespace Automation.Server.Tests.Crash;

/// <summary>Deals that change all the time while something happens to the storage. A deal whose event was not taken for sure is not used again: it may stand all the same.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private readonly KillWorld world;
    private readonly CancellationTokenSource ending;
    private readonly Lock gate = new();
    private readonly Task loads;
    private TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int sent;
    private int refused;

    public SteadyLoad(KillWorld world, CancellationToken stop)
    {
        this.world = world;
        ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        loads = Task.WhenAll(Enumerable.Range(0, 4).Select(deal => Task.Run(() => LoadAsync(deal), stop)));
    }

    public Task AcknowledgedAsync(int more) => UntilAsync(() => world.Ledger.Acknowledgements, more);

    /// <summary>Hooks answered 503.</summary>
    public Task RefusedAsync(int more) => UntilAsync(() => refused, more);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await loads;
        ending.Dispose();
    }

    private async Task UntilAsync(Func<int> count, int more)
    {
        var until = count() + more;
        while (true)
        {
            Task next;
            lock (gate) next = told.Task;
            if (count() >= until) return;
            await next.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private async Task LoadAsync(int deal)
    {
        for (var turn = 0; !ending.IsCancellationRequested;)
        {
            var taken = await world.SendAsync(0, string.Create(CultureInfo.InvariantCulture, $"{deal}.{turn}"), Interlocked.Increment(ref sent), CancellationToken.None);
            if (taken == false) Interlocked.Increment(ref refused);
            if (taken != true) turn++;
            lock (gate)
            {
                told.TrySetResult();
                told = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
