using System.Reflection;
using System.Text.RegularExpressions;
using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Turns a definition document into a <see cref="Plan"/>. Collects every problem before it gives up.</summary>
internal sealed partial class DefinitionCompiler
{
    private readonly ActivityRegistry _registry;
    private readonly JsonSerializer _serializer;
    private readonly List<DefinitionProblem> _problems = [];
    private readonly List<PlanNode> _nodes = [];
    private readonly HashSet<string> _nodeIds = new(StringComparer.Ordinal);
    private readonly ICompositeSource? _composites;
    private readonly List<string> _within = [];
    private readonly HashSet<PlanNode> _bodies = [];
    private HashSet<string> _workflowOutputs = new(StringComparer.Ordinal);
    private LogPersistence _logs;
    private bool _keepsResults;
    private PlanNode? _current;

    /// <param name="logs">What the journal keeps where the document does not say.</param>
    public DefinitionCompiler(ActivityRegistry registry, ICompositeSource? composites, LogPersistenceMode logs)
    {
        (_registry, _composites, _logs) = (registry, composites, LogPersistence.Of(logs));
        _serializer = JsonSerializer.Create(new JsonSerializerSettings { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 });
        foreach (var converter in DefinitionConverters.All(this)) _serializer.Converters.Add(converter);
    }

    public Plan Compile(WorkflowDefinition definition)
    {
        var document = definition.Document;
        _workflowOutputs = OutputNames(document);
        _logs = _logs.Under(document["customProperties"]);
        _keepsResults = AsksForResults(document);
        _within.Add(definition.VersionId);
        var workflow = new Workflow { Id = "Workflow1", NodeId = "Workflow1", Name = (string?)document["name"], Type = "Elsa.Workflow" };
        var root = _current = new PlanNode(workflow, ActivityDescriber.Describe(typeof(Workflow)), null);
        _nodes.Add(root);
        ReadVariables(root, document["variables"]);
        if (document["root"] is JObject body) workflow.Root = ReadActivity(body);
        else Report(document["root"] ?? document, "root_missing", "A workflow needs a root activity.", "root");
        if (_problems.Count > 0) throw new DefinitionInvalidException(_problems);
        var strategy = (string?)(document["options"] as JObject)?["incidentStrategyType"] ?? "";
        return new Plan(definition, root, _nodes, new(strategy.Contains("ContinueWithIncidents", StringComparison.Ordinal), _keepsResults));
    }

    public IActivity ReadActivity(JObject json)
    {
        var typeName = (string?)json["type"] ?? "";
        if (typeName.Length == 0) Report(json, "type_missing", "An activity needs a type.");
        var version = (int?)json["version"] ?? 1;
        var composite = _registry.Find(typeName, version) is null ? _composites?.Find(typeName, version) : null;
        if (composite is not null && _within.Contains(composite.VersionId))
        {
            Report(json, "composite_loop", $"{typeName} uses itself, directly or through another workflow.");
            composite = null;
        }

        var descriptor = _registry.Find(typeName, version) ?? (composite is null ? ActivityDescriber.Describe(typeof(NotFoundActivity)) : CompositeDescriber.Describe(composite));
        var activity = (IActivity)Activator.CreateInstance(descriptor.ActivityType)!;
        var parent = _current!;
        activity.Type = typeName;
        activity.Version = version;
        activity.Name = (string?)json["name"];
        activity.Id = (string?)json["id"] is { Length: > 0 } id ? id : $"{descriptor.Name}{_nodes.Count}";
        activity.NodeId = $"{parent.NodeId}:{activity.Id}";
        if (!_nodeIds.Add(activity.NodeId)) Report(json, "id_repeated", $"Two activities of one container have the id '{activity.Id}'.");
        CopyInto(activity.CustomProperties, json["customProperties"]);
        CopyInto(activity.Metadata, json["metadata"]);
        if (activity is NotFoundActivity unknown && descriptor.TypeName != typeName)
            (unknown.MissingTypeName, unknown.MissingTypeVersion, unknown.OriginalActivityJson) = (typeName, version, json.ToString(Formatting.None));
        var node = new PlanNode(activity, descriptor, parent) { Retries = RetryChoice.Read(this, json["customProperties"]) };
        _nodes.Add(node);
        var logs = _logs;
        _logs = logs.Under(json["customProperties"]);
        _current = node;
        ReadProperties(node, json);
        if (composite is not null) ReadComposite((WorkflowDefinitionActivity)activity, node, composite);
        (_current, _logs) = (parent, logs);
        return activity;
    }

    // Its activities see its own variables and outputs, not those of the workflow around it.
    private void ReadComposite(WorkflowDefinitionActivity activity, PlanNode node, CompositeDefinition composite)
    {
        (activity.WorkflowDefinitionId, activity.WorkflowDefinitionVersionId) = (composite.DefinitionId, composite.VersionId);
        var outputs = _workflowOutputs;
        _workflowOutputs = OutputNames(composite.Document);
        _keepsResults |= AsksForResults(composite.Document);
        _within.Add(composite.VersionId);
        _bodies.Add(node);
        ReadVariables(node, composite.Document["variables"]);
        if (composite.Document["root"] is JObject body) activity.Root = ReadActivity(body);
        _bodies.Remove(node);
        _within.RemoveAt(_within.Count - 1);
        _workflowOutputs = outputs;
    }

    private static HashSet<string> OutputNames(JObject document) =>
        [.. (document["outputs"] as JArray ?? []).OfType<JObject>().Select(output => (string?)output["name"]).OfType<string>()];

    private static bool AsksForResults(JObject document) => ResultWords().IsMatch(document.ToString(Formatting.None));

    [GeneratedRegex(@"\bget\w*From\w*\s*\(|\bgetLastResult\b|\boutputs\s*[.\[]|\blastResult\b", RegexOptions.CultureInvariant)]
    private static partial Regex ResultWords();

    public Variable? FindVariable(string idOrName)
    {
        for (var node = _current; node is not null; node = node.Parent)
        {
            if ((node.Variables.FirstOrDefault(v => v.Id == idOrName) ?? node.Variables.FirstOrDefault(v => v.Name == idOrName)) is { } found) return found;
            if (_bodies.Contains(node)) return null;
        }

        return null;
    }

    public void Report(JToken at, string code, string message, string? path = null) => _problems.Add(new(path ?? at.Path, code, message));

    private void ReadProperties(PlanNode node, JObject json)
    {
        node.IsQuiet = IsHidden(node, node, _logs.Own);
        if (node.Activity is IVariableContainer and not WorkflowDefinitionActivity) ReadVariables(node, json["variables"]);
        var descriptor = node.Descriptor;
        node.Inputs = [.. descriptor.Inputs.Where(i => i.IsWrapped).Select(i => ReadInput(node, i, Member(json, i.JsonName))).OfType<PlanInput>()];
        foreach (var input in descriptor.Inputs.Where(i => !i.IsWrapped)) ReadPlain(node, input.Property!, Member(json, input.JsonName) ?? Default(input));
        foreach (var port in descriptor.Ports) ReadPlain(node, port.Property, DefinitionWriter.Port(Member(json, port.JsonName), node.Activity, port.Property));
        foreach (var property in descriptor.Structure)
            if (property.Name != nameof(IVariableContainer.Variables)) ReadPlain(node, property, Member(json, ActivityDescriber.CamelCase(property.Name)));
        node.Outputs = [.. descriptor.Outputs.Select(output => ReadOutput(node, output, Member(json, output.JsonName)))];
    }

    private void ReadVariables(PlanNode node, JToken? json)
    {
        var owner = (IVariableContainer)node.Activity;
        if (json is JArray items) owner.Variables = [.. items.OfType<JObject>().Select(ReadVariable)];
        else foreach (var own in owner.Variables) own.Value = Shared(own.Value);
        node.Variables = [.. owner.Variables];
    }

    private Variable ReadVariable(JObject json)
    {
        var name = (string?)json["name"] ?? "";
        if (name.Length == 0) Report(json, "name_missing", "A variable needs a name.");
        var variable = new Variable
        {
            Id = (string?)json["id"] ?? name,
            Name = name,
            TypeName = (string?)json["typeName"] ?? "Object",
            IsArray = (bool?)json["isArray"] ?? false,
            StorageDriverTypeName = (string?)json["storageDriverTypeName"],
        };
        try
        {
            variable.Value = Shared(VariableTypes.Convert(json["value"] ?? JValue.CreateNull(), variable));
        }
        catch (FormatException problem)
        {
            Report(json["value"]!, "value_invalid", $"Variable {name} is {variable.TypeName}: {problem.Message}");
        }
        return variable;
    }

    private PlanInput? ReadInput(PlanNode node, InputDescriptor descriptor, JToken? json)
    {
        var reader = new InputReader(this, descriptor);
        var given = (Input?)descriptor.Property?.GetValue(node.Activity);
        var expression = json is null || json.Type == JTokenType.Null ? null : InputReader.Expression(json);
        expression ??= given?.Expression ?? (descriptor.Attribute.DefaultValue is { } value ? new Expression(ExpressionTypes.Object, JsonText.From(value)) : null);
        if (expression is null) return null;
        var input = (Input)Activator.CreateInstance(typeof(Input<>).MakeGenericType(descriptor.Type), expression)!;
        descriptor.Property?.SetValue(node.Activity, input);
        var planned = reader.Plan(input, json);
        if (!planned.IsOpen) return planned;
        return IsHidden(node, planned, _logs.Input(descriptor.Name)) ? planned with { IsOpen = false } : planned;
    }

    private PlanOutput ReadOutput(PlanNode node, OutputDescriptor descriptor, JToken? json)
    {
        var output = (Output)Activator.CreateInstance(typeof(Output<>).MakeGenericType(descriptor.Type))!;
        var target = (string?)((json as JObject)?["memoryReference"] as JObject)?["id"];
        if (target is { Length: > 0 }) output.MemoryReference = new MemoryBlockReference { Id = target };
        descriptor.Property?.SetValue(node.Activity, output);
        var variable = target is null ? null : FindVariable(target)?.Name;
        var planned = new PlanOutput(descriptor, output, variable, variable is null && target is not null && _workflowOutputs.Contains(target) ? target : null);
        return planned.IsOpen && IsHidden(node, planned, _logs.Output(descriptor.Name)) ? planned with { IsOpen = false } : planned;
    }

    // An expression is asked when the activity runs.
    private static bool IsHidden(PlanNode node, object of, LogRule rule)
    {
        if (rule.Expression is null) return !rule.Shows;
        node.LogQuestions = [.. node.LogQuestions ?? [], new(of, rule)];
        return false;
    }

    private void ReadPlain(PlanNode node, PropertyInfo property, JToken? json)
    {
        if (json is null || json.Type == JTokenType.Null) return;
        try
        {
            var type = property.PropertyType;
            var nested = type.IsClass || type.IsInterface ? type != typeof(string) : false;
            var value = nested && !typeof(JToken).IsAssignableFrom(type)
                ? Nested(json).ToObject(type, _serializer)
                : ValueConverter.Convert(json, type, TimeZoneInfo.Utc);
            if (value is Variable variable) value = FindVariable(variable.Id) ?? FindVariable(variable.Name) ?? variable;
            if (value is not null) property.SetValue(node.Activity, value);
        }
        catch (Exception problem) when (problem is JsonException or FormatException or ArgumentException or InvalidCastException)
        {
            Report(json, "value_invalid", problem.Message);
        }
    }

    // Studio writes lists as JSON text too.
    private static JToken Nested(JToken json) =>
        json is JValue { Value: string text } && text.TrimStart() is ['[' or '{', ..] ? JsonText.Parse(text) : json;

    private static JToken? Default(InputDescriptor input) => input.Attribute.DefaultValue is { } value ? JsonText.From(value) : null;

    private static void CopyInto(IDictionary<string, JToken> target, JToken? json)
    {
        foreach (var property in (json as JObject ?? []).Properties()) target[property.Name] = property.Value;
    }

    private static JToken? Member(JObject json, string name) => json[name] ?? json.GetValue(name, StringComparison.OrdinalIgnoreCase);

    internal static JToken Shared(JToken value) => new JArray(value)[0];
}
