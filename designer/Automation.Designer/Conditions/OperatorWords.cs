using Automation.Designer.Words;
using Automation.Engine.Api.Conditions;
using Automation.Engine.Expressions.Builder;

namespace Automation.Designer.Conditions;

/// <summary>Comparisons as a line says them: of a date in other words than of a number.</summary>
public static class OperatorWords
{
    public static string Of(ScreenWords words, ConditionOperator op, FieldKind kind) => words[KeyOf(op, kind)];

    public static string KeyOf(ConditionOperator op, FieldKind kind) => (op, kind) switch
    {
        (ConditionOperator.Less, FieldKind.Date) => "condition.op.before",
        (ConditionOperator.GreaterOrEqual, FieldKind.Date) => "condition.op.notBefore",
        (ConditionOperator.LessOrEqual, FieldKind.Date) => "condition.op.notAfter",
        (ConditionOperator.Greater, FieldKind.Date) => "condition.op.after",
        (ConditionOperator.Equal, FieldKind.Text) => "condition.op.exact",
        (ConditionOperator.Equal, not FieldKind.Number) => "condition.op.is",
        (ConditionOperator.NotEqual, not FieldKind.Number) => "condition.op.isNot",
        _ => $"condition.op.{char.ToLowerInvariant(op.ToString()[0])}{op.ToString()[1..]}",
    };
}
