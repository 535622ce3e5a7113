using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.Outside;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Planted;

/// <summary>Answers the hook, then stores it.</summary>
public sealed class AcknowledgeBeforeCommit : PlantedBug
{
    public override Task<AcceptResult> AcceptAsync(InboxService inbox, ConnectionId connection, CrmEvent told)
    {
        _ = inbox.AcceptAsync(Installation.Account, connection, null, [told], CancellationToken.None);
        return Task.FromResult(new AcceptResult([]));
    }
}

/// <summary>Calls out as soon as the step is computed.</summary>
public sealed class EffectBeforeCommit : PlantedBug
{
    public override StepObserver Observer(IEffectHandler handler, TaskScheduler node) => new Eager(handler);

    private sealed class Eager(IEffectHandler handler) : StepObserver
    {
        public override void BeforeCommit(StepCommit step)
        {
            foreach (var effect in step.NewEffects.Where(effect => effect.State == (int)EffectState.Sending))
                _ = handler.SendAsync(new(new(effect.AccountId), null, effect.Key, RunJson.Parse(effect.Request), step.Now, 1), CancellationToken.None);
        }
    }
}

/// <summary>A commit asks for no epoch.</summary>
public sealed class MissingFence : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Unfenced(store, history);

    private sealed class Unfenced(IEngineStore store, History history) : WrappedStore(store)
    {
        public override Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) =>
            base.CommitAsync([.. steps.Select(step => history.Unfence(step))], cancellationToken);
    }
}

/// <summary>A timer is taken from its table first, what it starts is stored after.</summary>
public sealed class TimerDeletedFirst : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Early(store);

    private sealed class Early(IEngineStore store) : WrappedStore(store)
    {
        public override async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken)
        {
            StepCommit[] first = [.. steps.Where(step => step.RemovedTimers.Count > 0).Select(step => new StepCommit { Mailbox = step.Mailbox, Epoch = step.Epoch, NewEpoch = step.Epoch, Now = step.Now, RemovedTimers = step.RemovedTimers })];
            if (first.Length > 0) await base.CommitAsync(first, cancellationToken);
            return await base.CommitAsync([.. steps.Select(step => step with { RemovedTimers = [] })], cancellationToken);
        }
    }
}

/// <summary>Who takes a mailbox over reads what waits as it comes, and not by number.</summary>
public sealed class OrderLostAfterFailover : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Shuffled(store);

    private sealed class Shuffled(IEngineStore store) : WrappedStore(store)
    {
        public override async Task<MailboxSnapshot?> LoadAsync(Automation.Engine.Mailboxes.MailboxKey key, CancellationToken cancellationToken)
        {
            if (await base.LoadAsync(key, cancellationToken) is not { } snapshot) return null;
            var numbers = snapshot.Waiting.Select(stored => stored.Number).ToList();
            return snapshot with { Waiting = [.. snapshot.Waiting.Reverse().Zip(numbers, (stored, number) => stored with { Number = number })] };
        }
    }
}

/// <summary>No hook is ever a copy.</summary>
public sealed class DuplicateKeyIgnored : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Keyless(store);

    private sealed class Keyless(IEngineStore store) : WrappedStore(store)
    {
        public override Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) =>
            base.AcceptAsync([.. items.Select(item => item with { Events = [.. item.Events.Select(e => e with { Event = e.Event with { DedupKey = $"{e.Event.DedupKey}|{e.Id:N}" } })] })], cancellationToken);
    }
}

/// <summary>Each try has a key of its own.</summary>
public sealed class RetryWithANewKey : PlantedBug
{
    public override IEffectHandler Handler(IEffectHandler handler) => new Rekeyed(handler);

    private sealed class Rekeyed(IEffectHandler handler) : IEffectHandler
    {
        public string Kind => handler.Kind;

        public Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken) => handler.SendAsync(Anew(call), cancellationToken);

        public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => handler.FindAsync(Anew(call), cancellationToken);

        private static EffectCall Anew(EffectCall call) => call with { Key = FormattableString.Invariant($"{call.Key}/{call.Try}") };
    }
}

/// <summary>The journal is written after the step, by itself.</summary>
public sealed class JournalOutsideTheCommit : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Apart(store);

    private sealed class Apart(IEngineStore store) : WrappedStore(store)
    {
        public override async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken)
        {
            var committed = await base.CommitAsync([.. steps.Select(step => step with { Journal = [] })], cancellationToken);
            StepCommit[] rows = [.. steps.Where((step, place) => committed[place] && step.Journal.Count > 0).Select(step => new StepCommit { Mailbox = step.Mailbox, Epoch = step.NewEpoch, NewEpoch = step.NewEpoch, Now = step.Now, Journal = step.Journal })];
            if (rows.Length > 0) await base.CommitAsync(rows, cancellationToken);
            return committed;
        }
    }
}
