using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json;
using Orleans.Concurrency;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>The one place of a mailbox in the cluster. Grains give order and speed; the epoch in the database gives safety.</summary>
public interface IMailboxGrain : IGrainWithStringKey
{
    [OneWay]
    Task DeliverAsync(Immutable<Delivery> delivery);

    [OneWay]
    Task FireTimerAsync(Immutable<TimerSignal> timer);

    /// <summary>Looks into the store for work left over.</summary>
    [OneWay]
    Task WakeAsync();

    Task CancelRunAsync(Guid run, string reason);

    Task DecideEffectAsync(string effectKey, EffectDecision decision, string by);
}

/// <summary>Accepted events on their way to their mailbox, as JSON between processes and as objects within one.</summary>
[GenerateSerializer, Immutable]
public sealed class Delivery
{
    [Id(0)] public string Json { get; init; } = "";
    [Id(1)] public bool NewMailbox { get; init; }
    [field: NonSerialized] public IReadOnlyList<StoredEvent>? Events { get; init; }

    public IReadOnlyList<StoredEvent> Read() => Events ?? JsonConvert.DeserializeObject<List<StoredEvent>>(Json, RunJson.Settings)!;
}

[GenerateSerializer, Immutable]
public sealed class TimerSignal
{
    [Id(0)] public Guid Id { get; init; }
    [Id(1)] public string Kind { get; init; } = "";
    [Id(2)] public Guid? RunId { get; init; }
    [Id(3)] public string? BookmarkId { get; init; }
    [Id(4)] public string? TriggerId { get; init; }
    [Id(5)] public DateTimeOffset DueAt { get; init; }
    [Id(6)] public int Tries { get; init; } = 1;

    /// <summary>The row as the scan read it.</summary>
    public TimerRow Read(MailboxKey key) => new()
    {
        Id = Id,
        AccountId = key.Account.Value,
        ConnectionId = key.Connection.Value,
        EntityType = key.EntityType,
        EntityId = key.EntityId,
        Kind = Kind,
        RunId = RunId,
        BookmarkId = BookmarkId,
        TriggerId = TriggerId,
        DueAt = DueAt,
        Tries = Tries,
    };
}

#pragma warning disable CA1001 // Orleans ends a grain through OnDeactivateAsync, which disposes the actor.
internal sealed class MailboxGrain(MailboxActors actors) : Grain, IMailboxGrain
#pragma warning restore CA1001
{
    private MailboxKey key = null!;
    private IMailboxActor actor = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        key = MailboxKey.Parse(this.GetPrimaryKeyString());
        actor = actors.Activate(key);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await actor.DisposeAsync();

    public Task DeliverAsync(Immutable<Delivery> delivery)
    {
        actor.Deliver(delivery.Value.Read(), delivery.Value.NewMailbox);
        Stay();
        return Task.CompletedTask;
    }

    public Task FireTimerAsync(Immutable<TimerSignal> timer)
    {
        actor.FireTimer(timer.Value.Read(key));
        Stay();
        return Task.CompletedTask;
    }

    public Task WakeAsync()
    {
        actor.Wake();
        Stay();
        return Task.CompletedTask;
    }

    public Task CancelRunAsync(Guid run, string reason)
    {
        actor.Cancel(run, reason);
        return Task.CompletedTask;
    }

    public Task DecideEffectAsync(string effectKey, EffectDecision decision, string by)
    {
        actor.Decide(effectKey, decision, by);
        Stay();
        return Task.CompletedTask;
    }

    // A call on its way keeps the activation a while; what is left when it goes stands in the store.
    private void Stay()
    {
        if (actor.IsBusy) DelayDeactivation(TimeSpan.FromMinutes(2));
    }
}
