using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>A workflow definition version: Elsa 3's document, kept whole.</summary>
public sealed record WorkflowDefinition(string VersionId, string DefinitionId, int Version, JObject Document);

/// <summary>A definition made ready to run: activities instantiated, connections indexed. Immutable, shared by all runs.</summary>
public abstract class CompiledWorkflow
{
    public abstract WorkflowDefinition Definition { get; }

    /// <summary>Finds an activity by its id in the document or by its node id.</summary>
    /// <returns>Its node id and the names of its inputs as the document writes them; null when there is none, or more than one.</returns>
    public abstract (string NodeId, IReadOnlyList<string> Inputs)? FindActivity(string activity);

    /// <summary>The kind of the activity that stands at a node; null when there is none.</summary>
    public abstract string? TypeOf(string nodeId);

    /// <summary>What stands at a node; null when there is nothing.</summary>
    public abstract PlacedActivity? Describe(string nodeId);

    /// <summary>The activities that may start it and are marked so (<c>canStartWorkflow</c>), with what starts them.</summary>
    /// <exception cref="DefinitionInvalidException">One of them is not set up well.</exception>
    public abstract IReadOnlyList<WorkflowTrigger> Triggers(DateTimeOffset now, TimeZoneInfo zone);

    /// <summary>False when it holds an activity that this server does not have.</summary>
    public abstract bool IsWhole { get; }
}

/// <summary>An activity in its place in a workflow.</summary>
/// <param name="Name">Null where the document gives it none.</param>
/// <param name="Version">Of its type.</param>
public sealed record PlacedActivity(string? Name, int Version, ActivityDescriptor Descriptor);

/// <summary>A published version of a workflow that others may use as an activity.</summary>
public sealed record CompositeDefinition(string VersionId, string DefinitionId, int Version, JObject Document);

/// <summary>The workflows of an account that may be used as activities.</summary>
public interface ICompositeSource
{
    /// <summary>The version that an activity of that type and version stands for; null when there is none.</summary>
    CompositeDefinition? Find(string typeName, int version);
}

/// <summary>A definition that cannot run, with the place.</summary>
public sealed class DefinitionInvalidException(IReadOnlyList<DefinitionProblem> problems)
    : Exception(string.Join(" ", problems.Select(problem => $"{problem.Path}: {problem.Message}")))
{
    public IReadOnlyList<DefinitionProblem> Problems { get; } = problems;
}

/// <param name="Path">Such as <c>root.activities[3].condition</c>.</param>
public sealed record DefinitionProblem(string Path, string Code, string Message);

/// <summary>Runs workflows a step at a time. Pure: the same definition, state, stimulus and inputs give the same step.</summary>
public interface IWorkflowInterpreter
{
    /// <param name="composites">Workflows that it may use as activities; null for none.</param>
    /// <exception cref="DefinitionInvalidException">The document is no workflow.</exception>
    CompiledWorkflow Compile(WorkflowDefinition definition, ICompositeSource? composites = null);

    /// <summary>First step of a run, to its first wait or its end.</summary>
    ValueTask<RunStep> StartAsync(CompiledWorkflow workflow, RunSeed seed, StepEnvironment environment, CancellationToken cancellationToken);

    /// <summary>One step of a waiting run. A stimulus whose bookmark or effect is gone leaves the state as it is.</summary>
    ValueTask<RunStep> ResumeAsync(CompiledWorkflow workflow, RunState state, Stimulus stimulus, StepEnvironment environment, CancellationToken cancellationToken);
}

/// <summary>Carries out, after the commit, an activity that is not <see cref="DeterministicAttribute"/>: it is one effect of kind <c>activity</c>.</summary>
public interface IActivityInvoker
{
    /// <param name="request">The request that the interpreter planned: definition version, node, evaluated inputs, variables.</param>
    Task<JToken> InvokeAsync(CompiledWorkflow workflow, JObject request, Mailboxes.MailboxKey subject, IServiceProvider services, CancellationToken cancellationToken);
}
