using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Takes notes of writes to entities of other mailboxes.</summary>
internal interface IOwnWriteNotes
{
    /// <summary>Tells the mailbox of another entity that we are about to write to it.</summary>
    Task NoteOwnWriteAsync(MailboxKey key, OwnWrite write);
}

/// <summary>Hands stored work to the grains of its mailboxes. Losing a hand-over loses nothing: the row stands, the sweep finds it.</summary>
public sealed class MailboxRouter(IGrainFactory grains) : IOwnWriteNotes
{
    public async Task DeliverAsync(IReadOnlyList<AcceptedEvent> accepted)
    {
        foreach (var mailbox in accepted.Where(item => item.Stored is not null).GroupBy(item => item.Stored!.Mailbox))
        {
            var delivery = new Delivery([.. mailbox.Select(item => item.Stored!)], mailbox.Any(item => item.NewMailbox));
            await Grain(mailbox.Key).DeliverAsync(new(delivery));
        }
    }

    public Task FireAsync(TimerRow timer) => Grain(KeyOf(timer)).FireTimerAsync(new(new TimerSignal
    {
        Id = timer.Id,
        Kind = timer.Kind,
        RunId = timer.RunId,
        BookmarkId = timer.BookmarkId,
        TriggerId = timer.TriggerId,
        DueAt = timer.DueAt,
        Tries = timer.Tries,
    }));

    public Task WakeAsync(MailboxKey key) => Grain(key).WakeAsync();

    /// <summary>Tells the mailbox of another entity that we are about to write to it.</summary>
    public Task NoteOwnWriteAsync(MailboxKey key, OwnWrite write) => Grain(key).NoteOwnWriteAsync(JsonConvert.SerializeObject(write, RunJson.Settings));

    public Task CancelRunAsync(MailboxKey key, Guid run, string reason) => Grain(key).CancelRunAsync(run, reason);

    public Task DecideEffectAsync(MailboxKey key, string effectKey, EffectDecision decision, string by) => Grain(key).DecideEffectAsync(effectKey, (int)decision, by);

    public static MailboxKey KeyOf(MailboxScoped row) => new(new(row.AccountId), new(row.ConnectionId), row.EntityType, row.EntityId);

    private IMailboxGrain Grain(MailboxKey key) => grains.GetGrain<IMailboxGrain>(key.ToString());
}
