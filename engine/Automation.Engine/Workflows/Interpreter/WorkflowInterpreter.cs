using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <inheritdoc cref="IWorkflowInterpreter"/>
/// <param name="logs">What the journal keeps where a document does not say; null for everything.</param>
public sealed class WorkflowInterpreter(ActivityRegistry activities, IExpressionEvaluator evaluator, LogPersistenceOptions? logs = null) : IWorkflowInterpreter
{
    public CompiledWorkflow Compile(WorkflowDefinition definition, ICompositeSource? composites = null) => new DefinitionCompiler(activities, composites, logs?.Mode ?? LogPersistenceMode.Include).Compile(definition);

    public async ValueTask<RunStep> StartAsync(CompiledWorkflow workflow, RunSeed seed, StepEnvironment environment, CancellationToken cancellationToken)
    {
        var plan = (Plan)workflow;
        var run = Info(plan.Definition, seed.RunId, seed.TriggerId, seed.TriggerActivityId, null, seed.CorrelationId);
        var burst = new Burst(plan, run, environment, evaluator, null, cancellationToken);
        burst.Edits = seed.Edits;
        foreach (var (name, value) in seed.Input) burst.Input[name] = JsonText.Normalize(value.DeepClone());
        burst.Root = burst.Schedule(plan.Root, null, null);
        await burst.DrainAsync();
        return Step(burst, 1);
    }

    public async ValueTask<RunStep> ResumeAsync(CompiledWorkflow workflow, RunState state, Stimulus stimulus, StepEnvironment environment, CancellationToken cancellationToken)
    {
        var plan = (Plan)workflow;
        if (state.Status is not (RunStatus.Running or RunStatus.Suspended)) return new RunStep { State = state };
        var run = Info(plan.Definition, state.Id, (string?)state.Body["trigger"], (string?)state.Body["triggerActivity"], state.Name, state.CorrelationId);
        var burst = new Burst(plan, run, environment, evaluator, state, cancellationToken);
        Read(state, burst);
        if (!await TakeAsync(burst, stimulus)) return new RunStep { State = state };
        await burst.DrainAsync();
        return Step(burst, state.Sequence + 1);
    }

    /// <exception cref="StateUnreadableException">The stored state does not fit the definition, or is damaged.</exception>
    private static void Read(RunState state, Burst burst)
    {
        try
        {
            StateFormat.Read(state.Body, burst);
            if (burst.Root is null) throw new StateUnreadableException($"Run {state.Id}: its state holds no workflow.");
        }
        catch (Exception cause) when (cause is ArgumentException or InvalidCastException or FormatException or NullReferenceException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            throw new StateUnreadableException($"Run {state.Id}: its state is damaged ({cause.GetType().Name}: {cause.Message}).");
        }
    }

    private static async ValueTask<bool> TakeAsync(Burst burst, Stimulus stimulus)
    {
        switch (stimulus)
        {
            case Stimulus.BookmarkHit hit when burst.Waits.Bookmarks.Find(bookmark => bookmark.Id == hit.BookmarkId) is { } bookmark:
                await burst.ResumeAsync(burst.Find(bookmark.ContextId), bookmark, hit.Payload);
                return true;
            case Stimulus.EffectFinished finished when burst.Waits.Effects.Find(effect => effect.Key == finished.Outcome.Key) is { } effect:
                await burst.ResumeAsync(burst.Find(effect.ContextId), effect, finished.Outcome);
                return true;
            case Stimulus.Fail fail:
                burst.GiveUp(fail.Code, fail.Message);
                return true;
            case Stimulus.Cancel cancel:
                burst.CancelRun(cancel.Reason);
                return true;
            default:
                return false;
        }
    }

    private static RunInfo Info(WorkflowDefinition definition, Guid id, string? triggerId, string? triggerActivityId, string? name, string? correlationId) => new()
    {
        Id = id,
        DefinitionId = definition.DefinitionId,
        DefinitionVersionId = definition.VersionId,
        DefinitionVersion = definition.Version,
        TriggerId = triggerId,
        TriggerActivityId = triggerActivityId,
        Name = name,
        CorrelationId = correlationId,
    };

    private static RunStep Step(Burst burst, long sequence) => new()
    {
        State = new RunState
        {
            Id = burst.Run.Id,
            DefinitionVersionId = burst.Plan.Definition.VersionId,
            Status = burst.End ?? RunStatus.Suspended,
            Body = StateFormat.Write(burst),
            Bookmarks = burst.Waits.Bookmarks,
            PendingEffects = burst.Waits.Effects,
            Incidents = burst.Incidents,
            Name = burst.Run.Name,
            CorrelationId = burst.Run.CorrelationId,
            Sequence = sequence,
        },
        Effects = burst.Waits.Planned,
        CancelledEffects = burst.Waits.Cancelled,
        Assignments = burst.Assignments,
        Links = burst.Links,
        Published = burst.Published,
        Facts = burst.Facts.Close(),
    };
}
