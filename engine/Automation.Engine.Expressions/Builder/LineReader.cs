using Automation.Engine.Expressions.Formulas;
using NCalc.Domain;

namespace Automation.Engine.Expressions.Builder;

/// <summary>Finds the line whose formula a parsed part is.</summary>
internal static class LineReader
{
    private sealed record Subject(string Field, bool Before);

    /// <returns>Null when no line is written so.</returns>
    public static ConditionLine? Read(FormulaNode node)
    {
        var line = node is FormulaNode.Not { Operand: FormulaNode.Call call } ? Negated(Asked(call)) : node switch
        {
            FormulaNode.Call asked => Asked(asked),
            FormulaNode.Both { Type: BinaryExpressionType.And } both => Several(both),
            FormulaNode.Both both => Compared(both),
            _ => null,
        };
        return line is not null && ConditionOperators.IsComplete(line) ? line : null;
    }

    private static ConditionLine? Compared(FormulaNode.Both both)
    {
        if (OperatorOf(both.Type) is not { } op) return null;
        if (SubjectOf(both.Left) is { } subject) return ValueOf(both.Right) is { } value ? Line(subject, op, value) : null;
        if (both.Left is not FormulaNode.Call call) return null;
        if (Is(call, "date") && SubjectOf(call.Arguments[0]) is { } dated && call.Arguments.Length == 1)
        {
            if (both.Type == BinaryExpressionType.Equal && IsToday(both.Right)) return Line(dated, ConditionOperator.Today);
            var day = both.Type switch { BinaryExpressionType.Equal => ConditionOperator.OnDay, BinaryExpressionType.Greater => ConditionOperator.AfterDay, _ => (ConditionOperator?)null };
            return day is { } asked && ValueOf(both.Right) is { } value ? Line(dated, asked, value) : null;
        }

        if (both.Type != BinaryExpressionType.Greater || DaysOf(call) is not { } days || ValueOf(both.Right) is not { } count) return null;
        return Line(days.Subject, days.Ahead ? ConditionOperator.LaterThan : ConditionOperator.OlderThan, count);
    }

    private static ConditionLine? Several(FormulaNode.Both both)
    {
        if (both is { Left: FormulaNode.Both { Type: BinaryExpressionType.And, Left: var change, Right: FormulaNode.Both from }, Right: FormulaNode.Both last })
            return ChangedPath(change) is { } path && From(from, path) is { } before && To(last, path) is { } after ? Line(new(path, false), ConditionOperator.ChangedFromTo, before, after) : null;
        if (both.Right is not FormulaNode.Both right) return null;
        if (ChangedPath(both.Left) is { } changed)
            return To(right, changed) is { } to ? Line(new(changed, false), ConditionOperator.ChangedTo, to) : From(right, changed) is { } was ? Line(new(changed, false), ConditionOperator.ChangedFrom, was) : null;
        if (both.Left is not FormulaNode.Both { Type: BinaryExpressionType.LesserOrEqual } left || right.Type != BinaryExpressionType.LesserOrEqual || !FormulaLikeness.AreAlike(left.Right, right.Left)) return null;
        if (ConstantOf(left.Left) is not { } low || ValueOf(right.Right) is not { } high) return null;
        if (SubjectOf(left.Right) is { } subject) return Line(subject, ConditionOperator.Between, low, high);
        return low is ConditionValue.Number { Value: 0 } && left.Right is FormulaNode.Call call && DaysOf(call) is { } days ? Line(days.Subject, days.Ahead ? ConditionOperator.NextDays : ConditionOperator.LastDays, high) : null;
    }

    private static ConditionLine? Asked(FormulaNode.Call call)
    {
        var a = call.Arguments;
        if (Is(call, "changed")) return TextOf(a[0]) is { } path ? Line(new(path, false), ConditionOperator.Changed) : null;
        if (Is(call, "hastag")) return ValueOf(a[0]) is { } tag ? Line(new(ConditionOperators.TagsField, false), ConditionOperator.HasTag, tag) : null;
        if (Is(call, "isempty")) return SubjectOf(a[0]) is { } subject ? Line(subject, ConditionOperator.Empty) : null;
        if (Is(call, "in")) return In(a);
        if (Is(call, "contains") && a[0] is FormulaNode.Call left && a[1] is FormulaNode.Call right && Is(left, "lower") && Is(right, "lower"))
            return SubjectOf(left.Arguments[0]) is { } one && ValueOf(right.Arguments[0]) is { } part ? Line(one, ConditionOperator.ContainsAnyCase, part) : null;
        var op = Is(call, "contains") ? ConditionOperator.Contains : Is(call, "startswith") ? ConditionOperator.StartsWith : Is(call, "endswith") ? ConditionOperator.EndsWith : Is(call, "same") ? ConditionOperator.Same : (ConditionOperator?)null;
        return op is { } known && SubjectOf(a[0]) is { } text && ValueOf(a[1]) is { } value ? Line(text, known, value) : null;
    }

    private static ConditionLine? In(FormulaNode[] a)
    {
        if (a is [FormulaNode.Call shown, FormulaNode.Constant { Value: "true" }, FormulaNode.Constant { Value: "1" }] && Is(shown, "text")) return SubjectOf(shown.Arguments[0]) is { } ticked ? Line(ticked, ConditionOperator.Checked) : null;
        if (SubjectOf(a[0]) is { } subject)
        {
            var values = a.Skip(1).Select(ConstantOf).ToList();
            return values.Contains(null) ? null : new(subject.Field, ConditionOperator.OneOf, [.. values.OfType<ConditionValue>()], subject.Before);
        }

        return a.Length == 2 && ConstantOf(a[0]) is { } held && SubjectOf(a[1]) is { } list ? Line(list, ConditionOperator.Includes, held) : null;
    }

    private static ConditionLine? Negated(ConditionLine? line) => line?.Operator switch
    {
        ConditionOperator.Changed => line with { Operator = ConditionOperator.NotChanged },
        ConditionOperator.HasTag => line with { Operator = ConditionOperator.HasNoTag },
        ConditionOperator.Empty => line with { Operator = ConditionOperator.NotEmpty },
        ConditionOperator.OneOf => line with { Operator = ConditionOperator.NoneOf },
        ConditionOperator.Includes => line with { Operator = ConditionOperator.NotIncludes },
        ConditionOperator.Checked => line with { Operator = ConditionOperator.NotChecked },
        ConditionOperator.Contains => line with { Operator = ConditionOperator.NotContains },
        ConditionOperator.ContainsAnyCase => line with { Operator = ConditionOperator.NotContainsAnyCase },
        ConditionOperator.Same => line with { Operator = ConditionOperator.NotSame },
        _ => null,
    };

    private static ConditionValue? To(FormulaNode.Both both, string path) =>
        both is { Type: BinaryExpressionType.Equal, Right: FormulaNode.Path now } && now.Text == path ? ConstantOf(both.Left) : null;

    private static ConditionValue? From(FormulaNode.Both both, string path) =>
        both.Type == BinaryExpressionType.Equal && SubjectOf(both.Right) is { Before: true } old && old.Field == path ? ConstantOf(both.Left) : null;

    private static string? ChangedPath(FormulaNode node) => node is FormulaNode.Call call && Is(call, "changed") ? TextOf(call.Arguments[0]) : null;

    private static (Subject Subject, bool Ahead)? DaysOf(FormulaNode.Call call)
    {
        if (!Is(call, "daysbetween")) return null;
        if (IsToday(call.Arguments[0]) && SubjectOf(call.Arguments[1]) is { } later) return (later, true);
        return IsToday(call.Arguments[1]) && SubjectOf(call.Arguments[0]) is { } earlier ? (earlier, false) : null;
    }

    private static bool IsToday(FormulaNode node) => node is FormulaNode.Call call && Is(call, "today");

    private static Subject? SubjectOf(FormulaNode node) => node switch
    {
        FormulaNode.Path path => new(path.Text, false),
        FormulaNode.Call call when Is(call, "old") => TextOf(call.Arguments[0]) is { } path ? new(path, true) : null,
        _ => null,
    };

    private static ConditionValue? ValueOf(FormulaNode node) => ConstantOf(node) ?? SubjectOf(node) switch
    {
        { Before: true } old => new ConditionValue.Previous(old.Field),
        { } field => new ConditionValue.Field(field.Field),
        null => null,
    };

    private static ConditionValue? ConstantOf(FormulaNode node) => node switch
    {
        FormulaNode.Constant { Value: string text } => new ConditionValue.Text(text),
        FormulaNode.Constant { Value: decimal number } => new ConditionValue.Number(number),
        FormulaNode.Constant { Value: bool flag } => new ConditionValue.Flag(flag),
        FormulaNode.Negate { Operand: FormulaNode.Constant { Value: decimal number } } => new ConditionValue.Number(-number),
        FormulaNode.Date date => new ConditionValue.Date(date.Text[1..^1]),
        _ => null,
    };

    private static string? TextOf(FormulaNode node) => node is FormulaNode.Constant { Value: string text } ? text : null;

    private static bool Is(FormulaNode.Call call, string function) => call.Function == FormulaFunctions.ByName[function];

    private static ConditionOperator? OperatorOf(BinaryExpressionType type) => type switch
    {
        BinaryExpressionType.Equal => ConditionOperator.Equal,
        BinaryExpressionType.NotEqual => ConditionOperator.NotEqual,
        BinaryExpressionType.Lesser => ConditionOperator.Less,
        BinaryExpressionType.LesserOrEqual => ConditionOperator.LessOrEqual,
        BinaryExpressionType.Greater => ConditionOperator.Greater,
        BinaryExpressionType.GreaterOrEqual => ConditionOperator.GreaterOrEqual,
        _ => null,
    };

    private static ConditionLine Line(Subject subject, ConditionOperator op, params ConditionValue[] values) => new(subject.Field, op, values, subject.Before);
}
