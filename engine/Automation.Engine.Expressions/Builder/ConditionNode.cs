namespace Automation.Engine.Expressions.Builder;

/// <summary>A part of a condition as the builder shows it. Immutable; equal when all parts are.</summary>
public abstract record ConditionNode
{
    private protected ConditionNode() { }
}

/// <summary>Which of a group's items must hold: each, at least one, not a single one.</summary>
public enum GroupKind { All, Any, None }

/// <summary>An empty group holds where it asks for all or none, and fails where it asks for any.</summary>
public sealed record ConditionGroup(GroupKind Kind, IReadOnlyList<ConditionNode> Items) : ConditionNode
{
    public static ConditionGroup Empty { get; } = new(GroupKind.All, []);

    public bool Equals(ConditionGroup? other) => other is not null && Kind == other.Kind && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Aggregate(HashCode.Combine(Kind), HashCode.Combine);
}

/// <summary>One comparison.</summary>
/// <param name="Field">Path of what is compared, such as <c>deal.price</c> or <c>deal.cf.991201</c>.</param>
/// <param name="Values">As many as the operator takes (<see cref="ConditionOperators"/>).</param>
/// <param name="Before">The value before the event is compared.</param>
public sealed record ConditionLine(string Field, ConditionOperator Operator, IReadOnlyList<ConditionValue> Values, bool Before = false) : ConditionNode
{
    public bool Equals(ConditionLine? other) => other is not null && Field == other.Field && Operator == other.Operator && Before == other.Before && Values.SequenceEqual(other.Values);

    public override int GetHashCode() => Values.Aggregate(HashCode.Combine(Field, Operator, Before), HashCode.Combine);
}

/// <summary>What a field is compared with.</summary>
public abstract record ConditionValue
{
    private ConditionValue() { }

    public sealed record Text(string Value) : ConditionValue;

    public sealed record Number(decimal Value) : ConditionValue;

    /// <param name="Iso">ISO 8601: a day, or a moment in the account's zone or with an offset of its own.</param>
    public sealed record Date(string Iso) : ConditionValue;

    public sealed record Flag(bool Value) : ConditionValue;

    /// <summary>Another field.</summary>
    public sealed record Field(string Path) : ConditionValue;

    /// <summary>What another field, or the same one, held before the event.</summary>
    public sealed record Previous(string Path) : ConditionValue;

    /// <summary>Not filled in yet: a line with it cannot be written.</summary>
    public sealed record Missing : ConditionValue;
}
