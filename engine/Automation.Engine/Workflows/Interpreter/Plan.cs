using System.Collections.Frozen;
using System.Reflection;
using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>A compiled definition: a tree of nodes, found by activity and by node id.</summary>
internal sealed class Plan(WorkflowDefinition definition, PlanNode root, IReadOnlyList<PlanNode> nodes, PlanOptions options) : CompiledWorkflow
{
    private readonly FrozenDictionary<string, PlanNode> _byNodeId = nodes.ToFrozenDictionary(node => node.NodeId, StringComparer.Ordinal);
    private readonly FrozenDictionary<IActivity, PlanNode> _byActivity = nodes.ToFrozenDictionary(node => node.Activity, (IEqualityComparer<IActivity>)ReferenceEqualityComparer.Instance);

    public override WorkflowDefinition Definition { get; } = definition;

    public PlanNode Root { get; } = root;

    /// <summary>An incident stops its branch only, not the run.</summary>
    public bool ContinuesWithIncidents { get; } = options.ContinuesWithIncidents;

    /// <summary>A script asks for what earlier activities gave.</summary>
    public bool KeepsResults { get; } = options.KeepsResults;

    public IReadOnlyList<PlanNode> Nodes { get; } = nodes;

    public override IReadOnlyList<WorkflowTrigger> Triggers(DateTimeOffset now, TimeZoneInfo zone) => TriggerIndex.Of(this, now, zone);

    public override bool IsWhole { get; } = !nodes.Any(node => node.Activity is NotFoundActivity);

    public override (string NodeId, IReadOnlyList<string> Inputs)? FindActivity(string activity)
    {
        var found = Find(activity) is { } exact ? [exact] : _byNodeId.Values.Where(node => node.Activity.Id == activity).ToList();
        return found is [var only] ? (only.NodeId, [.. only.Inputs.Select(input => input.Descriptor.JsonName)]) : null;
    }

    public override string? TypeOf(string nodeId) => Find(nodeId)?.Activity.Type;

    public override PlacedActivity? Describe(string nodeId) => Find(nodeId) is { } node ? new(node.Activity.Name, node.Activity.Version, node.Descriptor) : null;

    public PlanNode? Find(string nodeId) => _byNodeId.GetValueOrDefault(nodeId);

    public PlanNode Find(IActivity activity) => _byActivity.TryGetValue(activity, out var node)
        ? node
        : throw new InvalidOperationException($"{activity.Type} '{activity.Id}' is not part of definition {Definition.DefinitionId} version {Definition.Version}; schedule activities of ports and containers only.");
}

internal sealed record PlanOptions(bool ContinuesWithIncidents, bool KeepsResults);

/// <summary>One activity of a definition with all that can be worked out before a run.</summary>
internal sealed class PlanNode(IActivity activity, ActivityDescriptor descriptor, PlanNode? parent)
{
    private Dictionary<(string Name, Type Kind), Delegate> _callbacks = [];

    public IActivity Activity { get; } = activity;
    public ActivityDescriptor Descriptor { get; } = descriptor;
    public PlanNode? Parent { get; } = parent;
    public string NodeId => Activity.NodeId;
    public bool CompletesItself { get; } = activity is CodeActivity;
    public PlanInput[] Inputs { get; set; } = [];
    public PlanOutput[] Outputs { get; set; } = [];

    /// <summary>Nothing that it says or explains stands in the journal.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>What expressions decide on of the journal; null for most.</summary>
    public IReadOnlyList<LogQuestion>? LogQuestions { get; set; }

    /// <summary>How its effects are tried again; null for the plan of all.</summary>
    public RetryChoice? Retries { get; set; }

    /// <summary>Variables that the node owns; their values have a parent, so a run always takes a copy.</summary>
    public IReadOnlyList<Variable> Variables { get; set; } = [];

    public PlanInput? Find(Input input) => IndexOf(input) is >= 0 and var index ? Inputs[index] : null;

    public int IndexOf(Input input)
    {
        for (var i = 0; i < Inputs.Length; i++)
            if (ReferenceEquals(Inputs[i].Input, input)) return i;
        return -1;
    }

    /// <summary>The activity's method of that name; made once for all runs, which share the activity.</summary>
    /// <exception cref="ActivityFaultException">It has no such method any more.</exception>
    public T Callback<T>(string name) where T : Delegate
    {
        if (_callbacks.TryGetValue((name, typeof(T)), out var known)) return (T)known;
        var method = Search(name) ?? throw new ActivityFaultException(
            "callback_missing", $"{Descriptor.TypeName} has no method {name} any more; the run was waiting for it. Bring it back, or cancel the run.");
        var callback = CallbackName.Bind<T>(method, Activity);
        _callbacks = new Dictionary<(string, Type), Delegate>(_callbacks) { [(name, typeof(T))] = callback };  // copied: readers take no lock
        return callback;
    }

    private MethodInfo? Search(string name)
    {
        const BindingFlags flags = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var type = Activity.GetType(); type is not null; type = type.BaseType)
            if (type.GetMethod(name, flags) is { } method) return method;
        return null;
    }
}

/// <param name="Name">For Variable, Input and Output expressions: the name they point at.</param>
/// <param name="Constant">A literal's value; it has a parent, so whoever attaches it takes a copy.</param>
/// <param name="Value">The literal converted, when runs may share it.</param>
internal sealed record PlanInput(InputDescriptor Descriptor, Input Input, Expression Expression, string? Name, JToken? Constant, object? Value, bool IsShared)
{
    /// <summary>Its value, and what was seen for it, may stand in the journal.</summary>
    public bool IsOpen { get; init; } = !Descriptor.Attribute.CanContainSecrets;
}

/// <summary>Where an output goes: to a variable or to an output of the workflow; to nobody when both are null.</summary>
internal sealed record PlanOutput(OutputDescriptor Descriptor, Output? Output, string? Variable, string? WorkflowOutput)
{
    public string Name => Descriptor.Name;

    /// <summary>Its value may stand in the journal.</summary>
    public bool IsOpen { get; init; } = Descriptor.Attribute is { IsSerializable: true, CanContainSecrets: false };
}
