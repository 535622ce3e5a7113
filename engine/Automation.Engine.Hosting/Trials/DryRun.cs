using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>What is tried.</summary>
/// <param name="Trigger">Its id; null for every trigger of the funnel. One that is named is tried even when it is switched off.</param>
/// <param name="Event">A stored event of the entity; null for "as if each trigger's own event happened now".</param>
/// <param name="Come">Waits that are taken for hit, by node or by name, instead of running out.</param>
public sealed record DryRunOrder(string? Trigger, string EntityType, string EntityId, Guid? Event, IReadOnlyList<string> Come);

/// <summary>A trial that cannot be made, with a code of the API.</summary>
public sealed class TrialRefusedException(string code, string message) : Exception(message)
{
    public string Code => code;
}

/// <summary>What a dry run showed. Nothing of it has happened.</summary>
/// <param name="Event">Facts of the event as the journal would keep them: kind, from, to, changes.</param>
/// <param name="Unknown">What steps asked other systems for and nobody here knew: it was taken for empty.</param>
public sealed record DryRunReport(JObject Event, DateTimeOffset At, string? EntityName, IReadOnlyList<DryRunTrigger> Triggers, IReadOnlyList<string> Unknown);

/// <summary>How a trigger took the event.</summary>
/// <param name="Verdict">As the journal keeps it; with the reason <c>definition_invalid</c> where the trigger cannot run.</param>
public sealed record DryRunTrigger(string Id, string Name, JObject Verdict)
{
    /// <summary>The second look of a delayed trigger; null for none.</summary>
    public JObject? Later { get; set; }

    public DateTimeOffset? LaterAt { get; set; }

    /// <summary>How its run ended or what it is left at; null when it did not fire.</summary>
    public RunStatus? Status { get; set; }

    /// <summary>Why it was cancelled.</summary>
    public string? Reason { get; set; }

    public IReadOnlyList<DryRunStep> Steps => steps;

    private readonly List<DryRunStep> steps = [];

    internal void Add(DryRunStep step) => steps.Add(step);
}

/// <summary>One step of a run, in the order in which they began.</summary>
/// <param name="Node">Its place in the workflow; names it in <see cref="DryRunOrder.Come"/>.</param>
/// <param name="Type">Type of its activity.</param>
public sealed record DryRunStep(string Execution, string Node, string Type, DateTimeOffset At)
{
    /// <summary>Evaluated, without those that may hold secrets.</summary>
    public JObject Inputs { get; set; } = [];

    /// <summary>What it noted for the journal.</summary>
    public JObject Data { get; set; } = [];

    public IReadOnlyList<string> Outcomes { get; set; } = [];

    /// <summary>running, waits, done, cancelled, failed.</summary>
    public string State { get; set; } = "running";

    public string? Code { get; set; }

    public string? Message { get; set; }

    /// <summary>What it would have sent.</summary>
    public IList<DryRunAct> Acts { get; } = [];

    public IList<DryRunWait> Waits { get; } = [];
}

/// <param name="Act">One of <see cref="TrialActs"/>.</param>
/// <param name="Answer">What the step took for the answer.</param>
public sealed record DryRunAct(string Act, string Summary, JObject Shown, JToken Answer);

/// <summary>Something that a step waited for.</summary>
/// <param name="Until">When it would go on by itself; null: never.</param>
public sealed record DryRunWait(string Bookmark, string Name, DateTimeOffset? Until)
{
    /// <summary>The trial took it for over: it came, or its time did.</summary>
    public bool Over { get; set; }

    /// <summary>It was taken for come.</summary>
    public bool Came { get; set; }
}
