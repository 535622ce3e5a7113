using System.Globalization;
using System.Text;

namespace Automation.Engine.Expressions.Builder;

/// <summary>Writes a tree as an NCalc formula, each tree in one way and no two trees alike: <see cref="ConditionReader"/> gives the same tree back.</summary>
/// <remarks>
/// Brackets are what tells a group, so each nested one has a pair. What would not show is written with what does not count:
/// <c>x or false</c> is a group of any with one item. A line of several comparisons has its constant on the left
/// (<c>(1 &lt;= [x] and [x] &lt;= 5)</c>), where a line of one never has it.
/// </remarks>
public static class ConditionWriter
{
    /// <exception cref="ArgumentException">A line is not complete (<see cref="ConditionOperators.IsComplete(ConditionNode)"/>).</exception>
    public static string Write(ConditionGroup root) => root switch
    {
        { Kind: GroupKind.All, Items: [ConditionGroup { Kind: GroupKind.None } none] } => $"{Item(none)} and true",
        { Kind: GroupKind.None } => Item(root),
        _ => Inside(root),
    };

    /// <summary>One item, as it stands among others.</summary>
    public static string Item(ConditionNode node) => node switch
    {
        ConditionGroup { Kind: GroupKind.None, Items: [] } => "not (false)",
        ConditionGroup { Kind: GroupKind.None } none => $"not ({string.Join(" or ", none.Items.Select(Item))})",
        ConditionGroup group => $"({Inside(group)})",
        ConditionLine line => ConditionOperators.IsComplete(line) ? Line(line) : throw new ArgumentException($"The line of '{line.Field}' is not complete.", nameof(node)),
        _ => throw new ArgumentException("This is neither a group nor a line.", nameof(node)),
    };

    private static string Inside(ConditionGroup group) => group switch
    {
        { Kind: GroupKind.All, Items: [] } => "true",
        { Kind: GroupKind.All } => string.Join(" and ", group.Items.Select(Item)),
        { Items: [] } => "false",
        { Items: [var only] } => $"{Item(only)} or false",
        _ => string.Join(" or ", group.Items.Select(Item)),
    };

    private static string Line(ConditionLine line)
    {
        var (s, name) = (line.Before ? $"old({Quote(line.Field)})" : $"[{line.Field}]", Quote(line.Field));
        string V(int i) => Value(line.Values[i]);
        return line.Operator switch
        {
            ConditionOperator.Equal => $"{s} = {V(0)}",
            ConditionOperator.NotEqual => $"{s} != {V(0)}",
            ConditionOperator.Less => $"{s} < {V(0)}",
            ConditionOperator.LessOrEqual => $"{s} <= {V(0)}",
            ConditionOperator.Greater => $"{s} > {V(0)}",
            ConditionOperator.GreaterOrEqual => $"{s} >= {V(0)}",
            ConditionOperator.Between => $"({V(0)} <= {s} and {s} <= {V(1)})",
            ConditionOperator.Same => $"same({s}, {V(0)})",
            ConditionOperator.NotSame => $"not same({s}, {V(0)})",
            ConditionOperator.Contains => $"contains({s}, {V(0)})",
            ConditionOperator.NotContains => $"not contains({s}, {V(0)})",
            ConditionOperator.ContainsAnyCase => $"contains(lower({s}), lower({V(0)}))",
            ConditionOperator.NotContainsAnyCase => $"not contains(lower({s}), lower({V(0)}))",
            ConditionOperator.StartsWith => $"startswith({s}, {V(0)})",
            ConditionOperator.EndsWith => $"endswith({s}, {V(0)})",
            ConditionOperator.OneOf => $"in({s}, {string.Join(", ", line.Values.Select(Value))})",
            ConditionOperator.NoneOf => $"not in({s}, {string.Join(", ", line.Values.Select(Value))})",
            ConditionOperator.Includes => $"in({V(0)}, {s})",
            ConditionOperator.NotIncludes => $"not in({V(0)}, {s})",
            ConditionOperator.Empty => $"isempty({s})",
            ConditionOperator.NotEmpty => $"not isempty({s})",
            ConditionOperator.Checked => $"in(text({s}), 'true', '1')",
            ConditionOperator.NotChecked => $"not in(text({s}), 'true', '1')",
            ConditionOperator.OnDay => $"date({s}) = {V(0)}",
            ConditionOperator.AfterDay => $"date({s}) > {V(0)}",
            ConditionOperator.Today => $"date({s}) = today()",
            ConditionOperator.NextDays => $"(0 <= daysbetween(today(), {s}) and daysbetween(today(), {s}) <= {V(0)})",
            ConditionOperator.LastDays => $"(0 <= daysbetween({s}, today()) and daysbetween({s}, today()) <= {V(0)})",
            ConditionOperator.OlderThan => $"daysbetween({s}, today()) > {V(0)}",
            ConditionOperator.LaterThan => $"daysbetween(today(), {s}) > {V(0)}",
            ConditionOperator.Changed => $"changed({name})",
            ConditionOperator.NotChanged => $"not changed({name})",
            ConditionOperator.ChangedTo => $"(changed({name}) and {V(0)} = {s})",
            ConditionOperator.ChangedFrom => $"(changed({name}) and {V(0)} = old({name}))",
            ConditionOperator.ChangedFromTo => $"(changed({name}) and {V(0)} = old({name}) and {V(1)} = {s})",
            ConditionOperator.HasTag => $"hastag({V(0)})",
            _ => $"not hastag({V(0)})",
        };
    }

    private static string Value(ConditionValue value) => value switch
    {
        ConditionValue.Text text => Quote(text.Value),
        ConditionValue.Number number => number.Value.ToString(CultureInfo.InvariantCulture),
        ConditionValue.Date date => $"#{date.Iso}#",
        ConditionValue.Flag flag => flag.Value ? "true" : "false",
        ConditionValue.Field field => $"[{field.Path}]",
        ConditionValue.Previous field => $"old({Quote(field.Path)})",
        _ => throw new ArgumentException("This is no value.", nameof(value)),
    };

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text)
        {
            if (c is '\'' or '\\') quoted.Append('\\').Append(c);
            else if (char.IsControl(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }

        return quoted.Append('\'').ToString();
    }
}
