using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>One activation of a mailbox: takes its work in, does it one step at a time. Disposing hands back what is not begun.</summary>
public interface IMailboxActor : IAsyncDisposable
{
    /// <summary>True while it has something to do; an idle one may go.</summary>
    bool IsBusy { get; }

    /// <summary>Events just accepted. A mailbox that they made has nothing to load.</summary>
    void Deliver(IReadOnlyList<StoredEvent> events, bool newMailbox);

    void FireTimer(TimerRow timer);

    /// <summary>Looks for work: loads what is stored and goes on with it.</summary>
    void Wake();

    void Cancel(Guid run, string reason);

    /// <summary>What a person says of an effect whose result nobody knows.</summary>
    void Decide(string effectKey, EffectDecision decision, string by);
}

/// <summary>Makes activations. Where they stand, and that there is one of each mailbox, is the host's part; safety is the epoch's (R5).</summary>
public sealed class MailboxActors
{
    private readonly MailboxShared shared;

    internal MailboxActors(MailboxShared shared) => this.shared = shared;

    public IMailboxActor Activate(MailboxKey key) => new MailboxActor(key, shared);
}
