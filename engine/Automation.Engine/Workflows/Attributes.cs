namespace Automation.Engine.Workflows;

public enum ActivityKind { Action, Trigger, Job, Task }

/// <summary>Names an activity: type name = <c>Namespace.Type</c>; Type defaults to the class name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ActivityAttribute(string @namespace, string? category = null, string? description = null) : Attribute
{
    public string Namespace { get; } = @namespace;
    public string? Category { get; } = category;
    public string? Description { get; } = description;
    public string? Type { get; set; }
    public string? DisplayName { get; set; }

    /// <summary>Russian caption, category and description, for the designer.</summary>
    public string? DisplayNameRu { get; set; }
    public string? CategoryRu { get; set; }
    public string? DescriptionRu { get; set; }
    public int Version { get; set; } = 1;
    public ActivityKind Kind { get; set; }
    public bool RunAsynchronously { get; set; }
}

/// <summary>
/// The activity does no I/O of its own: it reads through the context's journaled inputs and plans effects, so it is run inside the
/// step and can be replayed. Any other activity is run after the commit, as one effect.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DeterministicAttribute : Attribute;

/// <summary>
/// Running the activity twice does no harm: after an unknown result (a kill while it worked) it is simply run again.
/// Without it a person decides.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class IdempotentAttribute : Attribute;

/// <summary>Exits of an activity in a flowchart. Default: Done.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FlowNodeAttribute(params string[] outcomes) : Attribute
{
    public IReadOnlyList<string> Outcomes { get; } = outcomes;
}

/// <summary>Marks a property of type <see cref="IActivity"/> as a port.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PortAttribute(string? name = null) : Attribute
{
    public string? Name { get; } = name;

    /// <summary>Russian caption, for the designer.</summary>
    public string? DisplayNameRu { get; set; }
}

/// <summary>Which of Elsa's kinds of retry strategies suits the activity. Default: Default.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResilienceCategoryAttribute(string category) : Attribute
{
    public string Category { get; } = category;
}

[AttributeUsage(AttributeTargets.Property)]
public sealed class InputAttribute : Attribute
{
    public string? Name { get; set; }
    public string? DisplayName { get; set; }
    public string? Description { get; set; }
    public string? Category { get; set; }
    public string? UIHint { get; set; }
    public object? Options { get; set; }

    /// <summary>An <see cref="IInputOptions"/> that fills the list while somebody edits; it comes before <see cref="Options"/>.</summary>
    public Type? OptionsProvider { get; set; }
    public float Order { get; set; }
    public object? DefaultValue { get; set; }
    public string? DefaultSyntax { get; set; }
    public string[]? SupportedSyntaxes { get; set; }
    public bool IsReadOnly { get; set; }

    /// <summary>The activity does nothing useful without it: forms ask for it.</summary>
    public bool IsRequired { get; set; }

    /// <summary>Name of another input that does instead: one of the two is enough.</summary>
    public string? Instead { get; set; }
    public bool IsBrowsable { get; set; } = true;

    /// <summary>False: the activity evaluates it itself, when it needs it (While's condition).</summary>
    public bool AutoEvaluate { get; set; } = true;
    public bool IsSerializable { get; set; } = true;

    /// <summary>True keeps its value out of the journal.</summary>
    public bool CanContainSecrets { get; set; }

    /// <summary>Russian caption, category and description, for the designer.</summary>
    public string? DisplayNameRu { get; set; }
    public string? CategoryRu { get; set; }
    public string? DescriptionRu { get; set; }
}

[AttributeUsage(AttributeTargets.Property)]
public sealed class OutputAttribute : Attribute
{
    public string? Name { get; set; }
    public string? DisplayName { get; set; }
    public string? Description { get; set; }

    /// <summary>Russian caption and description, for the designer.</summary>
    public string? DisplayNameRu { get; set; }
    public string? DescriptionRu { get; set; }
    public bool IsBrowsable { get; set; } = true;
    public bool IsSerializable { get; set; } = true;

    /// <summary>Its value never stands in the journal. Default false.</summary>
    public bool CanContainSecrets { get; set; }
}
