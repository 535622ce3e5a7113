using Automation.Engine.Accounts;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Effects;

/// <summary>One outside action, as an activity asks for it.</summary>
/// <param name="Kind">Which handler sends it: <c>crm</c>, <c>sms</c>, <c>booking</c>, <c>http</c>, <c>email</c>, <c>activity</c>.</param>
/// <param name="Connection">The connection it goes through; null for none (plain HTTP). Effects of one deal to one connection go first in, first out.</param>
/// <param name="Request">The whole request as data, without secrets.</param>
/// <param name="Policy">What happens when the result is unknown.</param>
/// <param name="Summary">One line for the journal, without personal data.</param>
public sealed record EffectRequest(string Kind, ConnectionId? Connection, JObject Request, EffectPolicy Policy, string Summary);

/// <summary>What to do with an effect whose result is unknown (a lost answer, a kill while sending).</summary>
public enum EffectPolicy
{
    /// <summary>The other side knows our key: send it again.</summary>
    Retry,

    /// <summary>Look it up by our key first, then finish or repeat.</summary>
    Verify,

    /// <summary>A person decides.</summary>
    Hold,
}

public enum EffectState
{
    Planned = 0,
    Sending = 1,
    Done = 2,
    Failed = 3,
    Unknown = 4,
    Cancelled = 5,
}

/// <summary>What a person says of an effect whose result nobody knows.</summary>
public enum EffectDecision
{
    /// <summary>It was done.</summary>
    Done = 0,

    /// <summary>It was not done and is not wanted any more: the run goes on as after a failure.</summary>
    Failed = 1,

    /// <summary>It was not done: send it again, under the same key.</summary>
    Again = 2,
}

/// <summary>An effect as planned in a step's commit.</summary>
/// <param name="Key">sha256 of account, run, activity execution, call number, revision, in lower-case hex; equal over all tries (R6).</param>
/// <param name="ContextId">The activity execution that waits for it.</param>
/// <param name="Callback">Method of the activity that takes the outcome.</param>
/// <param name="Order">Position within the run; with the planning step it gives first in, first out per connection.</param>
public sealed record PlannedEffect(string Key, EffectRequest Request, string ContextId, string Callback, int Order);

/// <summary>What a handler is given.</summary>
/// <param name="Since">When the first try began: a look-up need not look further back.</param>
/// <param name="Try">1 for the first.</param>
public sealed record EffectCall(AccountId Account, ConnectionId? Connection, string Key, JObject Request, DateTimeOffset Since, int Try);

/// <summary>A port's answer. "Later" and "never" are different types.</summary>
public abstract record EffectResult
{
    private protected EffectResult() { }
}

/// <summary>It is done. <paramref name="Value"/> goes to the activity's callback and to the journal: ids, not contents.</summary>
public sealed record Delivered(JToken Value) : EffectResult;

/// <summary>Not done, surely; may be tried again. <paramref name="After"/> null = by the plan of R8.</summary>
public sealed record Retry(TimeSpan? After, string Reason) : EffectResult;

/// <summary>Not done and never will be: an incident at once.</summary>
public sealed record Rejected(string Code, string Message) : EffectResult;

/// <summary>It may or may not be done (a lost answer); the effect's policy decides.</summary>
public sealed record ResultUnknown(string Reason) : EffectResult;

/// <summary>Sends effects of one kind. Implementations do I/O and keep no state of their own.</summary>
public interface IEffectHandler
{
    string Kind { get; }

    Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Looks an effect up after an unknown result. <see cref="Delivered"/> when it is there; <see cref="Retry"/> when it is surely absent
    /// (send again); <see cref="ResultUnknown"/> when nobody can know.
    /// </summary>
    Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken);
}

/// <summary>What an activity's callback receives.</summary>
public sealed record EffectOutcome(string Key, bool Done, JToken Value, string? Code, string? Message)
{
    /// <summary>For activities that have no other answer to a failure than an incident.</summary>
    /// <exception cref="Workflows.ActivityFaultException">The effect has failed for good.</exception>
    public void EnsureDone()
    {
        if (!Done) throw new Workflows.ActivityFaultException(Code ?? "effect_failed", Message ?? "The effect failed, and its handler gave no reason.");
    }
}
