using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json;
using Orleans.Concurrency;
using Orleans.Placement;

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

    /// <summary>We are about to write to this entity; its echo will come here.</summary>
    /// <param name="write">An OwnWrite as JSON.</param>
    [OneWay]
    Task NoteOwnWriteAsync(string write);

    Task CancelRunAsync(Guid run, string reason);

    /// <param name="decision">An <see cref="EffectDecision"/>.</param>
    Task DecideEffectAsync(string effectKey, int decision, string by);
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

// Where the hook came in: a deal's events then rarely travel. What a dead node left is woken by another and lives there.
[PreferLocalPlacement]
#pragma warning disable CA1001 // Orleans ends a grain through OnDeactivateAsync, which disposes the actor.
internal sealed class MailboxGrain(MailboxActors actors, OwnWriteRegistry ownWrites) : Grain, IMailboxGrain
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
        actor.Deliver(delivery.Value.Events, delivery.Value.NewMailbox);
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

    public Task NoteOwnWriteAsync(string write)
    {
        ownWrites.Add(key.Connection, key.EntityType, key.EntityId, JsonConvert.DeserializeObject<OwnWrite>(write, RunJson.Settings)!);
        return Task.CompletedTask;
    }

    public Task CancelRunAsync(Guid run, string reason)
    {
        actor.Cancel(run, reason);
        return Task.CompletedTask;
    }

    public Task DecideEffectAsync(string effectKey, int decision, string by)
    {
        actor.Decide(effectKey, (EffectDecision)decision, by);
        Stay();
        return Task.CompletedTask;
    }

    // A call on its way keeps the activation a while; what is left when it goes stands in the store.
    private void Stay()
    {
        if (actor.IsBusy) DelayDeactivation(TimeSpan.FromMinutes(2));
    }
}
