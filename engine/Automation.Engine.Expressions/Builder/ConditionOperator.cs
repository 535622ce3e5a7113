namespace Automation.Engine.Expressions.Builder;

/// <summary>How a line compares. What each is in NCalc stands in <see cref="ConditionWriter"/>.</summary>
public enum ConditionOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    /// <summary>Equal ignoring case.</summary>
    Same,
    NotSame,
    Contains,
    NotContains,
    ContainsAnyCase,
    NotContainsAnyCase,
    StartsWith,
    EndsWith,
    /// <summary>The field's value is one of those given.</summary>
    OneOf,
    NoneOf,
    /// <summary>The field's value, or its list of values, holds the one given.</summary>
    Includes,
    NotIncludes,
    Empty,
    NotEmpty,
    Checked,
    NotChecked,
    OnDay,
    AfterDay,
    Today,
    /// <summary>Today or at most so many days ahead.</summary>
    NextDays,
    /// <summary>Today or at most so many days ago.</summary>
    LastDays,
    OlderThan,
    LaterThan,
    Changed,
    NotChanged,
    ChangedTo,
    ChangedFrom,
    ChangedFromTo,
    HasTag,
    HasNoTag,
}

/// <summary>What kind of value stands beside an operator.</summary>
public enum OperandKind { None, Any, Constant, Text, Day, Days }

/// <param name="Max">Null for as many as one likes.</param>
/// <param name="LooksBack">May be asked of the value before the event.</param>
public sealed record OperatorForm(OperandKind Kind, int Min, int? Max, bool LooksBack = true);

/// <summary>Which values each operator takes.</summary>
public static class ConditionOperators
{
    /// <summary>The only field that tags are asked of.</summary>
    public const string TagsField = "deal.tags";

    public static OperatorForm FormOf(ConditionOperator op) => op switch
    {
        <= ConditionOperator.GreaterOrEqual => new(OperandKind.Any, 1, 1),
        ConditionOperator.Between => new(OperandKind.Constant, 2, 2),
        ConditionOperator.Same or ConditionOperator.NotSame or ConditionOperator.ContainsAnyCase or ConditionOperator.NotContainsAnyCase or ConditionOperator.StartsWith or ConditionOperator.EndsWith => new(OperandKind.Text, 1, 1),
        ConditionOperator.Contains or ConditionOperator.NotContains or ConditionOperator.Includes or ConditionOperator.NotIncludes => new(OperandKind.Constant, 1, 1),
        ConditionOperator.OneOf or ConditionOperator.NoneOf => new(OperandKind.Constant, 1, null),
        ConditionOperator.OnDay or ConditionOperator.AfterDay => new(OperandKind.Day, 1, 1),
        ConditionOperator.NextDays or ConditionOperator.LastDays or ConditionOperator.OlderThan or ConditionOperator.LaterThan => new(OperandKind.Days, 1, 1),
        ConditionOperator.Changed or ConditionOperator.NotChanged => new(OperandKind.None, 0, 0, false),
        ConditionOperator.ChangedTo or ConditionOperator.ChangedFrom => new(OperandKind.Constant, 1, 1, false),
        ConditionOperator.ChangedFromTo => new(OperandKind.Constant, 2, 2, false),
        ConditionOperator.HasTag or ConditionOperator.HasNoTag => new(OperandKind.Text, 1, 1, false),
        _ => new(OperandKind.None, 0, 0),
    };

    /// <summary>The line can be written: it names a field, and its values are those that the operator takes.</summary>
    public static bool IsComplete(ConditionLine line)
    {
        var form = FormOf(line.Operator);
        return IsPath(line.Field) && (form.LooksBack || !line.Before) && (form.Max is not { } max || line.Values.Count <= max) && line.Values.Count >= form.Min && line.Values.All(value => Fits(value, form.Kind))
            && (line.Operator is not (ConditionOperator.HasTag or ConditionOperator.HasNoTag) || line.Field == TagsField);
    }

    /// <summary>All lines in it can be written.</summary>
    public static bool IsComplete(ConditionNode node) => node switch
    {
        ConditionGroup group => group.Items.All(IsComplete),
        ConditionLine line => IsComplete(line),
        _ => false,
    };

    private static bool Fits(ConditionValue value, OperandKind kind) => (kind, value) switch
    {
        (_, ConditionValue.Date date) when Formulas.IsoDate.Parse(date.Iso) is null => false,
        (_, ConditionValue.Missing) => false,
        (OperandKind.Any, ConditionValue.Field field) => IsPath(field.Path),
        (OperandKind.Any, ConditionValue.Previous field) => field.Path.Length > 0,
        (_, ConditionValue.Field or ConditionValue.Previous) => false,
        (OperandKind.Any or OperandKind.Constant, _) => true,
        (OperandKind.Text, ConditionValue.Text) => true,
        (OperandKind.Day, ConditionValue.Date { Iso.Length: 10 }) => true,
        (OperandKind.Days, ConditionValue.Number { Value: >= 0 and <= 36_500 } days) => days.Value == decimal.Truncate(days.Value),
        _ => false,
    };

    private static bool IsPath(string path) => path.Length > 0 && path.Trim() == path && !path.Contains(']', StringComparison.Ordinal);
}
