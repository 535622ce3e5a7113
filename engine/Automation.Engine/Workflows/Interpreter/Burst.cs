using Automation.Engine.Expressions;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>One step of one run while it is being decided: the tree of live executions and everything the step has decided so far.</summary>
internal sealed partial class Burst
{
    /// <summary>Activity executions of a run, over its whole life (R14).</summary>
    public const int MostExecutions = 10_000;

    public static readonly string[] Done = ["Done"];

    private readonly Queue<Execution> _scheduled = new();
    private readonly Queue<Execution> _ended = new();

    public Burst(Plan plan, RunInfo run, StepEnvironment environment, IExpressionEvaluator evaluator, RunState? state, CancellationToken cancellationToken)
    {
        (Plan, Run, Environment, CancellationToken) = (plan, run, environment, cancellationToken);
        Expressions = new ExpressionStep(this, evaluator);
        Results = new ActivityResults(plan.KeepsResults);
        Waits = new WaitList(this, state?.Bookmarks ?? [], state?.PendingEffects ?? []);
        Incidents = [.. state?.Incidents ?? []];
    }

    public Plan Plan { get; }
    public RunInfo Run { get; }
    public StepEnvironment Environment { get; }
    public CancellationToken CancellationToken { get; }
    public ExpressionStep Expressions { get; }
    public WaitList Waits { get; }
    public FactLog Facts { get; } = new();
    public List<Incident> Incidents { get; }
    public List<Assignment> Assignments { get; } = [];
    public List<EntityLink> Links { get; } = [];
    public List<PublishedEvent> Published { get; } = [];
    public JObject Input { get; set; } = [];
    public JObject Outputs { get; set; } = [];
    public ActivityResults Results { get; }

    /// <summary>What a person set by hand; null for nearly every run. See <see cref="RunEdits"/>.</summary>
    public JObject? Edits { get; set; }
    /// <summary>What resumed the execution that is running; JSON null otherwise.</summary>
    public JToken Payload { get; private set; } = JValue.CreateNull();

    /// <summary>The execution whose code is running.</summary>
    public Execution? Current { get; private set; }

    /// <summary>The workflow's own execution: the top of the tree.</summary>
    public Execution Root { get; set; } = null!;

    /// <summary>Set once the run is over.</summary>
    public RunStatus? End { get; private set; }
    public int Numbers { get; set; }
    public int Executions { get; set; }
    public int Scripts { get; set; }
    public bool IsTriggerTaken { get; set; }

    public int NextNumber() => ++Numbers;

    /// <summary>A key of a journaled script, never used twice within a run.</summary>
    public string ScriptKey(Execution execution, string label) => $"script/{Run.Id:N}/{execution.Id}/{label}/{++Scripts}";

    public Execution Schedule(PlanNode node, Execution? parent, ActivityCompletionCallback? callback)
    {
        var execution = new Execution(this, node, NextNumber(), parent)
        {
            CompletionCallback = callback is null ? null : parent!.MethodName(callback),
            CompletionDelegate = callback,
        };
        if (!IsTriggerTaken && Run.TriggerActivityId is { } trigger && node.Activity.Id == trigger) execution.IsTrigger = IsTriggerTaken = true;
        parent?.LiveChildren.Add(execution);
        _scheduled.Enqueue(execution);
        return execution;
    }

    public void Complete(Execution execution, IReadOnlyList<string> outcomes)
    {
        if (!execution.IsLive) return;
        execution.Exits = outcomes;
        Leave(execution, ExecutionStatus.Completed);
        Facts.Ended(execution, "Completed", outcomes);
        _ended.Enqueue(execution);
    }

    /// <param name="tellParent">The execution cancelled itself: its owner learns that it ended, without outcomes.</param>
    public void Cancel(Execution execution, bool tellParent = false)
    {
        if (execution.Status is ExecutionStatus.Completed or ExecutionStatus.Cancelled) return;
        var hasStarted = execution.Status != ExecutionStatus.Scheduled;
        Leave(execution, ExecutionStatus.Cancelled);
        if (hasStarted) Facts.Ended(execution, "Canceled", []);
        if (tellParent) _ended.Enqueue(execution);
    }

    /// <exception cref="StateUnreadableException">The run has no such execution.</exception>
    public Execution Find(string contextId) => Find(Root, StateFormat.Number(contextId))
        ?? throw new StateUnreadableException($"Run {Run.Id}: execution {contextId} is not part of its state.");

    public void CancelRun(string reason)
    {
        Cancel(Root);
        Facts.Facts[^1]["reason"] = reason;
        Stop(RunStatus.Cancelled);
    }

    /// <summary>Ends the whole run, whatever waits or is scheduled.</summary>
    public void Stop(RunStatus status)
    {
        End = status;
        _scheduled.Clear();
        _ended.Clear();
    }

    private static Execution? Find(Execution execution, int number) => execution.Number == number
        ? execution
        : execution.LiveChildren.Select(child => Find(child, number)).FirstOrDefault(found => found is not null);

    private void Leave(Execution execution, ExecutionStatus status)
    {
        execution.Status = status;
        foreach (var child in execution.LiveChildren.ToArray()) Cancel(child);
        Waits.Clear(execution);
        execution.Parent?.LiveChildren.Remove(execution);
    }
}
