using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Simulation.Tests.World;

/// <summary>The store as one life of a node reaches it: over a wire that is slow, breaks, or loses the answer of what was done.</summary>
public sealed class StoreLink(History history, SimulatedNode node) : IEngineStore
{
    public Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) =>
        Call("accept", true, () => history.Accept(node, items));

    public Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) =>
        Call("commit", true, () => history.Commit(node, steps));

    public Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken) =>
        Call("load", false, () => Now(history.Store.LoadAsync(key, CancellationToken.None)));

    public Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Call("timers", false, () => Now(history.Store.ReadDueTimersAsync(now, limit, CancellationToken.None)));

    public Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken) =>
        Call("sweep", false, () => Now(history.Store.FindUnfinishedAsync(now, after, limit, CancellationToken.None)));

    /// <summary>The model answers at once.</summary>
    internal static T Now<T>(Task<T> answer) => answer.GetAwaiter().GetResult();

    private Task<T> Call<T>(string what, bool writes, Func<T> work)
    {
        var answer = new TaskCompletionSource<T>();
        if (node.Scheduler.IsDead) return answer.Task;
        var (world, plan) = (history.World, history.Plan);
        var there = Way(plan);
        var nth = writes ? ++history.Writes : 0;
        if (history.IsStorm && (plan.Outages.Any(outage => outage.Holds(world.Elapsed)) || world.Happens(plan.StoreFails) || (writes && nth == plan.FailingWrite)))
        {
            world.After(there, () => Fail(new IOException("The store does not answer.")));
            return answer.Task;
        }

        if (writes && history.IsStorm && world.Happens(plan.StoreUnknown))
        {
            // Done, never done, or done later, when its sender has long been told that nobody knows.
            var later = world.Chance.Next(3);
            if (later != 0) world.After(there + (later == 1 ? TimeSpan.Zero : world.Between(0.1, 6)), () => Try(work));
            world.After(there + world.Between(0.01, 1), () => Fail(new CommitUnknownException("Nobody knows whether it was committed.", new TimeoutException())));
            return answer.Task;
        }

        world.After(there, () =>
        {
            var result = default(T)!;
            var error = Try(() => result = work());
            world.After(Way(plan), () =>
            {
                if (error is null) answer.TrySetResult(result);
                else answer.TrySetException(error);
            });
        });
        return answer.Task;

        void Fail(Exception e)
        {
            world.Tell(node.Name, $"{what}: {e.Message}");
            answer.TrySetException(e);
        }
    }

    private TimeSpan Way(FaultPlan plan) => history.IsStorm && history.World.Happens(plan.StoreSlow) ? history.World.Between(0.05, 3) : history.World.Between(0.001, 0.005);

    private static RowRefusedException? Try<T>(Func<T> work)
    {
        try
        {
            work();
            return null;
        }
        catch (RowRefusedException e)
        {
            return e;
        }
    }
}
