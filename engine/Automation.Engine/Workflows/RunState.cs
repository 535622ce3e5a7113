using Automation.Engine.Effects;
using Automation.Engine.Expressions;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

public enum RunStatus
{
    Running = 0,
    Suspended = 1,
    Finished = 2,

    /// <summary>Stopped by a failure; a person may redrive it (R9).</summary>
    Faulted = 3,
    Cancelled = 4,

    /// <summary>Its stored state cannot be read; the row is kept as it is until a person redrives it from its journal (R11).</summary>
    Quarantined = 5,
}

/// <summary>
/// Everything of a run between two steps. Stored as one JSON document; a fold of the run's journal gives the same.
/// </summary>
public sealed record RunState
{
    public required Guid Id { get; init; }
    public required string DefinitionVersionId { get; init; }
    public RunStatus Status { get; init; }

    /// <summary>The interpreter's own part: executions, schedule, variables, counters.</summary>
    public required JObject Body { get; init; }
    public IReadOnlyList<Bookmark> Bookmarks { get; init; } = [];
    public IReadOnlyList<PendingEffect> PendingEffects { get; init; } = [];
    public IReadOnlyList<Incident> Incidents { get; init; } = [];
    public string? Name { get; init; }
    public string? CorrelationId { get; init; }

    /// <summary>Number of its last journal row; gap-free (R15).</summary>
    public long Sequence { get; init; }

    /// <summary>Nodes of the workflow that it stands in: what it waits at, and what is around that.</summary>
    public IEnumerable<string> Nodes => (Body["tree"] as JArray ?? []).Select(execution => (string?)execution["node"]).OfType<string>();
}

/// <summary>An effect that the run waits for.</summary>
public sealed record PendingEffect(string Key, string ContextId, string Callback);

/// <summary>A failure that needs a person.</summary>
public sealed record Incident(string ActivityId, string ActivityNodeId, string ActivityType, string Code, string Message, DateTimeOffset At);

/// <summary>What advances a waiting run.</summary>
public abstract record Stimulus
{
    private Stimulus() { }

    /// <summary>First step.</summary>
    public sealed record Start : Stimulus;

    /// <summary>A bookmark is hit (timer, event, person).</summary>
    public sealed record BookmarkHit(string BookmarkId, JToken Payload) : Stimulus;

    public sealed record EffectFinished(EffectOutcome Outcome) : Stimulus;

    /// <summary>The run is cancelled (the deal left the span, a person).</summary>
    public sealed record Cancel(string Reason) : Stimulus;

    /// <summary>The host gives the run up without running any of its code: what it was to take has stopped the process too often (R10).</summary>
    /// <param name="Meant">What it was to take; a redrive takes it once more.</param>
    public sealed record Fail(string Code, string Message, Stimulus Meant) : Stimulus;

    /// <summary>Nothing happens: a run whose state was rebuilt waits on as it did (R11).</summary>
    public sealed record Nothing : Stimulus;

    /// <summary>The run goes on by another version of its workflow, where all that it stands in is there too. The host unpacks it.</summary>
    public sealed record Migrate(string From, string To) : Stimulus;

    /// <summary>
    /// A person redrives a run that a failure stopped: it goes back to an earlier journal row and takes the stimulus that followed it
    /// once more. The host unpacks it; the interpreter only sees <paramref name="Again"/>.
    /// </summary>
    /// <param name="Base">Number of the journal row whose state it goes back to; 0 for before its start.</param>
    /// <param name="Edits">A <see cref="RunEdits"/> document that stands from now on; null when nothing was edited.</param>
    public sealed record Redrive(long Base, Stimulus Again, JObject? Edits) : Stimulus;
}

/// <summary>How a run begins.</summary>
public sealed record RunSeed(Guid RunId, string? TriggerId, IReadOnlyDictionary<string, JToken> Input, string? CorrelationId, string? TriggerActivityId)
{
    /// <summary>A <see cref="RunEdits"/> document, for a run that is redriven from its start.</summary>
    public JObject? Edits { get; init; }
}

/// <summary>What a step may use. Everything that is not in the state comes from here, so a step can be repeated.</summary>
public sealed record StepEnvironment(
    MailboxKey Subject, DateTimeOffset Now, TimeZoneInfo TimeZone, string Language, IStepInputs Inputs, IRootSource Roots, IServiceProvider Services);

/// <summary>Reads from outside, journaled: live, the first read of a key calls out; on replay the recorded answer comes back.</summary>
public interface IStepInputs
{
    ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read, CancellationToken cancellationToken);
}

/// <summary>The roots that do not belong to the run: deal, contact, company, event, user, account.</summary>
public interface IRootSource
{
    IReadOnlyCollection<string> Roots { get; }

    ValueTask<JToken> ReadAsync(string root, CancellationToken cancellationToken);
}

/// <summary>What a step decided. Nothing of it has happened yet: the host commits it, then sends the effects.</summary>
public sealed record RunStep
{
    public required RunState State { get; init; }
    public IReadOnlyList<PlannedEffect> Effects { get; init; } = [];

    /// <summary>Effects that are no longer wanted; those not sent yet are dropped.</summary>
    public IReadOnlyList<string> CancelledEffects { get; init; } = [];
    public IReadOnlyList<Assignment> Assignments { get; init; } = [];
    public IReadOnlyList<EntityLink> Links { get; init; } = [];
    public IReadOnlyList<PublishedEvent> Published { get; init; } = [];

    /// <summary>Facts for the journal in order: activity started, completed, value seen, fault.</summary>
    public IReadOnlyList<RunFact> Facts { get; init; } = [];
}

public sealed record PublishedEvent(string Name, string? CorrelationId, JToken Payload, bool Local);
