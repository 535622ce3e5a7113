using System.Reflection;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>What the engine and the designer know of an activity type, reflected once.</summary>
public sealed record ActivityDescriptor
{
    public required Type ActivityType { get; init; }
    public required string TypeName { get; init; }
    public required string Namespace { get; init; }
    public required string Name { get; init; }
    public required int Version { get; init; }
    public required string Category { get; init; }
    public string? CategoryRu { get; init; }
    public required string DisplayName { get; init; }
    public string? DisplayNameRu { get; init; }
    public string? Description { get; init; }
    public string? DescriptionRu { get; init; }
    public required ActivityKind Kind { get; init; }
    public bool RunAsynchronously { get; init; }

    /// <summary>Run inside the step; otherwise it is one effect.</summary>
    public required bool IsDeterministic { get; init; }
    public required bool IsIdempotent { get; init; }

    /// <summary>Its step may choose how often it is tried again.</summary>
    public bool IsResilient { get; init; }

    /// <summary>Elsa's kind of its retry strategies.</summary>
    public string ResilienceCategory { get; init; } = "Default";
    public required bool IsContainer { get; init; }
    public required bool IsBrowsable { get; init; }
    public required bool IsStart { get; init; }
    public required bool IsTerminal { get; init; }
    public required IReadOnlyList<InputDescriptor> Inputs { get; init; }
    public required IReadOnlyList<OutputDescriptor> Outputs { get; init; }

    /// <summary>Properties that hold an activity.</summary>
    public required IReadOnlyList<PortDescriptor> Ports { get; init; }

    /// <summary>Fixed exits in a flowchart; none for a terminal activity.</summary>
    public required IReadOnlyList<string> Outcomes { get; init; }

    /// <summary>Properties of the JSON object that are neither input, output nor port: activities, connections, variables.</summary>
    public required IReadOnlyList<PropertyInfo> Structure { get; init; }

    /// <summary>The workflow that it stands for; null for an activity that is a class.</summary>
    public CompositeDefinition? Composite { get; init; }

    /// <summary>Values of inputs under their names; they come under those that a document writes.</summary>
    public JObject ByName(JObject inputs) => new(inputs.Properties().Select(input => new JProperty(Inputs.FirstOrDefault(one => one.JsonName == input.Name)?.Name ?? input.Name, input.Value)));

    /// <summary>The input that does instead of a required one; null for most.</summary>
    public InputDescriptor? InsteadOf(InputDescriptor input) => input.Attribute.Instead is { } name ? Inputs.FirstOrDefault(other => other.Name == name) : null;
}

/// <param name="JsonName">Name of its property in a definition.</param>
/// <param name="Type">Type of the value, without <c>Input&lt;&gt;</c>.</param>
/// <param name="IsWrapped">An expression gives the value; otherwise it is plain JSON.</param>
/// <param name="Property">Null for an input of a workflow that is used as an activity.</param>
public sealed record InputDescriptor(string Name, string JsonName, Type Type, bool IsWrapped, InputAttribute Attribute, PropertyInfo? Property)
{
    public string DisplayName => Attribute.DisplayName ?? ActivityDescriber.Spaced(Name);

    /// <summary>Elsa's editor: set on the property, or chosen by type.</summary>
    public string UIHint => Attribute.UIHint ?? ActivityDescriber.HintFor(Type);
}

/// <param name="Property">Null for an output of a workflow that is used as an activity.</param>
public sealed record OutputDescriptor(string Name, string JsonName, Type Type, OutputAttribute Attribute, PropertyInfo? Property)
{
    public string DisplayName => Attribute.DisplayName ?? ActivityDescriber.Spaced(Name);
}

public sealed record PortDescriptor(string Name, string JsonName, string DisplayName, string? DisplayNameRu, bool IsBrowsable, PropertyInfo Property);
