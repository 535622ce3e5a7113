using System.Diagnostics;
using System.Globalization;
using Automation.KillHost;

namespace Automation.Server.Tests.Crash;

/// <summary>Plays one scene: life after life under load, each ended at a drawn point, and counts what the outside has seen.</summary>
internal sealed class KillLoop(KillWorld world, CancellationToken stop)
{
    private const int Deals = 8;
    private static readonly KillPoint[] AtWork = [.. Enum.GetValues<KillPoint>().Where(point => point is not (KillPoint.AfterTimers or KillPoint.AfterLoad))];
    private static readonly KillPoint[] AtRecovery = [KillPoint.AfterLoad, KillPoint.AfterTimers, KillPoint.BeforeCommit, KillPoint.AfterWrite, KillPoint.AfterCommit, KillPoint.AfterSend];
    private readonly Random chance = new(world.Scene.Seed);
    private readonly int[] renewed = new int[Deals];
    private volatile bool isOver;
    private int sent;

    /// <summary>How many died at the point they were told; the others were killed from outside.</summary>
    public int AtPoints { get; private set; }

    /// <summary>The longest time from a death, or a start, to the moment when nothing was owed any more that was due.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>What is not as it should be, for the message; empty when all is well.</summary>
    public string Wrong { get; private set; } = "";

    public async Task<KillCounts> PlayAsync()
    {
        IReadOnlyList<string> owed = [];
        for (var kill = 0; kill < world.Scene.Kills && owed.Count == 0; kill++)
        {
            var victim = kill % world.Scene.Nodes;
            await LiveAsync(victim, kill % KillScene.RecoveryEvery == KillScene.RecoveryEvery - 1, kill);
            if (world.Kill(victim)) AtPoints++;
            await world.StartNodeAsync(victim, stop);
            // What this life left is finished before the next one may die, but for the life that dies of finishing it.
            if ((kill + 1) % KillScene.RecoveryEvery != KillScene.RecoveryEvery - 1) owed = await HoldsAsync(TimeProvider.System.GetUtcNow());
        }

        if (owed.Count == 0) owed = await HoldsAsync(DateTimeOffset.MaxValue);
        var facts = owed.Count > 0 ? new(0, "") : await KillFacts.WhenQuietAsync(world, stop);
        var ledger = world.Ledger;
        var late = owed.Count(name => name.StartsWith(KillFunnel.Later, StringComparison.Ordinal));
        if (owed.Count > 0) Wrong += $"owed: {string.Join(", ", owed)}\n{await CrashShop.TellAsync(world.Data, world.Database, [.. owed], stop)}\n{world.Outputs}";
        Wrong += facts.Wrong + string.Concat(ledger.Doubled.Select(name => $"\ndoubled {name}")) + string.Concat(ledger.OutOfOrder.Select(name => $"\nout of order {name}")) + string.Concat(ledger.Early.Select(name => $"\nearly {name}"));
        return new(world.Scene.Kills, ledger.Acknowledgements, owed.Count - late, ledger.Doubled.Count, ledger.OutOfOrder.Count, ledger.Early.Count, late, facts.StaleCommits, ledger.Fired);
    }

    /// <summary>Load until enough is acknowledged; then the victim dies at its point, or is killed when it does not come by in time.</summary>
    private async Task LiveAsync(int victim, bool atRecovery, int kill)
    {
        if (atRecovery) await world[victim].OrderAsync(Draw(AtRecovery));
        isOver = false;
        var (before, watch) = (world.Ledger.Acknowledgements, Stopwatch.StartNew());
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loads = Enumerable.Range(0, Deals).Select(deal => Task.Run(() => LoadAsync(deal, before + KillScene.Events, enough), stop)).ToList();
        var death = world[victim].ExitedAsync(stop);
        // The others take hooks also when the victim is dead.
        await (world.Scene.Nodes == 1 ? Task.WhenAny(enough.Task, death) : enough.Task).WaitAsync(TimeSpan.FromSeconds(90), stop);
        if (!atRecovery) await world[victim].OrderAsync(Draw(AtWork));
        await Task.WhenAny(death, Task.WhenAll(loads));
        isOver = true;
        await Task.WhenAll(loads);
        TestContext.Current.SendDiagnosticMessage("{0} kill {1}: {2} acknowledged in {3}", world.Scene.Name, kill + 1, world.Ledger.Acknowledgements, watch.Elapsed);
    }

    private string Draw(KillPoint[] points) => string.Create(CultureInfo.InvariantCulture, $"{points[chance.Next(points.Length)]} {chance.Next(6)}");

    private async Task LoadAsync(int deal, int until, TaskCompletionSource enough)
    {
        for (var turn = deal; !isOver && world.Ledger.Acknowledgements < until + KillScene.EventsAfter; turn++)
        {
            var (number, name) = (Interlocked.Increment(ref sent), $"{deal}.{renewed[deal]}");
            var taken = await world.SendAsync(turn % world.Scene.Nodes, name, number, stop);
            // Its request may reach the database after what is sent next: such a deal is not used again.
            if (taken is null && world.Scene.OnPostgres) renewed[deal]++;
            if (world.Ledger.Acknowledgements >= until) enough.TrySetResult();
            if (taken != true && world.Scene.Nodes == 1 && world[0].IsDead) return;
        }
    }

    private async Task<IReadOnlyList<string>> HoldsAsync(DateTimeOffset by)
    {
        var watch = Stopwatch.StartNew();
        var owed = await world.Ledger.OwedAsync(by, TimeSpan.FromSeconds(world.Scene.Lease + 60));
        if (by != DateTimeOffset.MaxValue && watch.Elapsed > Slowest) Slowest = watch.Elapsed;
        return owed;
    }
}
