using NCalc.Domain;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>One walk over one formula. A failure is the value <see cref="Failed"/> with <see cref="Error"/> set: it costs no exception.</summary>
internal sealed class FormulaEvaluation(Formula formula, FormulaValues values, IExpressionScope scope)
{
    public static readonly object Failed = new();
    private static readonly object True = true;
    private static readonly object False = false;
    public const int MaxText = 100_000;
    private DateTimeOffset? _now;
    private int _position;

    public SeenValues Seen { get; } = new();

    public ExpressionError? Error { get; private set; }

    public TimeZoneInfo Zone => scope.TimeZone;

    public DateTimeOffset Now => _now ??= TimeZoneInfo.ConvertTime(scope.Now, scope.TimeZone);

    public EvaluationResult Run()
    {
        try
        {
            var value = Walk(formula.Root);
            if (value is not string { Length: > MaxText }) return Error is null ? EvaluationResult.Of(FormulaValue.ToToken(value), Seen) : EvaluationResult.Failed(Error, Seen);
            Fail($"The text is longer than {MaxText} characters.", $"Текст длиннее {MaxText} знаков.");
        }
        catch (OverflowException)
        {
            Fail("A number became too large.", "Число получилось слишком большим.");
        }
        catch (ArgumentOutOfRangeException)
        {
            Fail("A date is out of range.", "Такой даты нет, или она слишком далёкая.");
        }
        return EvaluationResult.Failed(Error!, Seen);
    }

    public object Fail(string message, string ru, string code = ExpressionCodes.Failed)
    {
        Error ??= FormulaException.ErrorAt(formula.Source, _position, message, ru, code);
        return Failed;
    }

    public object Missing(string message, string ru) => Fail(message, ru, ExpressionCodes.ValueMissing);

    /// <summary>The value at a path as it stands in the scope.</summary>
    /// <param name="splits">Of the path.</param>
    public JToken? Read((string Root, string Tail)[] splits) =>
        ValuePath.FindRoot(splits, scope) is { } split && values.TryGet(split.Root, out var root) ? ValuePath.Read(root, split.Tail) : null;

    public object? Walk(FormulaNode node)
    {
        switch (node)
        {
            case FormulaNode.Both both: return Both(both);
            case FormulaNode.Path path: return ReadSeen(path);
            case FormulaNode.Constant constant: return constant.Value;
            case FormulaNode.Call call: return Call(call);
            case FormulaNode.Not not: return Truth(not.Operand) switch { bool b => b ? False : True, var failed => failed };
            case FormulaNode.Negate negate: return Number(negate.Operand) switch { decimal d => -d, var failed => failed };
            case FormulaNode.Choice choice: return Choose(choice.Condition, choice.Yes, choice.No);
            case FormulaNode.Date date: return date.Value.In(Zone);
            default: return Fail("This part is not supported in formulas.", "Так в формуле писать нельзя.");
        }
    }

    private object? ReadSeen(FormulaNode.Path path)
    {
        _position = path.Position;
        var token = values.At(path.Index);
        Seen.Add(path.Text, token);
        return FormulaValue.FromToken(token, Zone);
    }

    private object? Choose(FormulaNode condition, FormulaNode yes, FormulaNode no) => Truth(condition) switch
    {
        true => Walk(yes),
        false => Walk(no),
        var failed => failed,
    };

    /// <returns>A bool, or <see cref="Failed"/>.</returns>
    private object Truth(FormulaNode node)
    {
        var value = Walk(node);
        if (value is bool or null || ReferenceEquals(value, Failed)) return value ?? MissingAt(node);
        _position = node.Position;
        return Fail($"{node.Text} is {FormulaValue.KindOf(value)}; a yes/no answer is needed here.", $"«{node.Text}» — это {FormulaValue.KindOfRu(value)}, а здесь нужен ответ «да» или «нет».");
    }

    /// <returns>A decimal, or <see cref="Failed"/>.</returns>
    private object Number(FormulaNode node)
    {
        var value = Walk(node);
        if (value is decimal || ReferenceEquals(value, Failed)) return value;
        if (value is null) return MissingAt(node);
        if (value is string s && FormulaValue.NumberIn(s) is { } number) return number;
        _position = node.Position;
        return Fail($"{node.Text} is {FormulaValue.KindOf(value)}; a number is needed here.", $"«{node.Text}» — это {FormulaValue.KindOfRu(value)}, а здесь нужно число.");
    }

    private object MissingAt(FormulaNode node)
    {
        _position = node.Position;
        return Missing($"{node.Text} is empty.", $"«{node.Text}» не заполнено.");
    }

    private object? Both(FormulaNode.Both both)
    {
        switch (both.Type)
        {
            case BinaryExpressionType.And: return Truth(both.Left) is var left && left is true ? Truth(both.Right) : left;
            case BinaryExpressionType.Or: return Truth(both.Left) is var first && first is false ? Truth(both.Right) : first;
            case BinaryExpressionType.Plus: return Plus(both);
            case BinaryExpressionType.Minus or BinaryExpressionType.Times or BinaryExpressionType.Div or BinaryExpressionType.Modulo: return Arithmetic(both);
            default: return Comparison(both);
        }
    }

    private object? Comparison(FormulaNode.Both both)
    {
        var (left, right) = (Walk(both.Left), default(object));
        if (ReferenceEquals(left, Failed) || ReferenceEquals(right = Walk(both.Right), Failed)) return Failed;
        var result = both.Type is BinaryExpressionType.Equal or BinaryExpressionType.NotEqual
            ? FormulaComparison.AreEqual(left, right, Zone) is { } equal ? equal == (both.Type == BinaryExpressionType.Equal) : (bool?)null
            : left is null || right is null ? null : FormulaComparison.Order(left, right, Zone) is { } order ? Holds(both.Type, order) : null;
        if (result is { } answer)
        {
            Seen.Add(both.Text, answer);
            return answer ? True : False;
        }
        var ordering = both.Type is not (BinaryExpressionType.Equal or BinaryExpressionType.NotEqual);
        if (ordering && left is null) return MissingAt(both.Left);
        if (ordering && right is null) return MissingAt(both.Right);
        _position = both.Position;
        return Fail($"{both.Text}: {FormulaValue.KindOf(left)} cannot be compared with {FormulaValue.KindOf(right)}.", $"«{both.Text}» не сравнить: слева {FormulaValue.KindOfRu(left)}, справа {FormulaValue.KindOfRu(right)}.");
    }

    private static bool Holds(BinaryExpressionType type, int order) => type switch
    {
        BinaryExpressionType.Lesser => order < 0,
        BinaryExpressionType.LesserOrEqual => order <= 0,
        BinaryExpressionType.Greater => order > 0,
        _ => order >= 0,
    };

    private object? Plus(FormulaNode.Both both)
    {
        var (left, right) = (Walk(both.Left), default(object));
        if (ReferenceEquals(left, Failed) || ReferenceEquals(right = Walk(both.Right), Failed)) return Failed;
        if (left is not string a || right is not string b) return Arithmetic(both, left, right);
        return a.Length + b.Length <= MaxText ? a + b : Fail($"The text is longer than {MaxText} characters.", $"Текст длиннее {MaxText} знаков.");
    }

    private object? Arithmetic(FormulaNode.Both both)
    {
        var (left, right) = (Walk(both.Left), default(object));
        if (ReferenceEquals(left, Failed) || ReferenceEquals(right = Walk(both.Right), Failed)) return Failed;
        return Arithmetic(both, left, right);
    }

    private object? Arithmetic(FormulaNode.Both both, object? left, object? right)
    {
        if (left is null) return MissingAt(both.Left);
        if (right is null) return MissingAt(both.Right);
        _position = both.Position;
        if (Numeric(left) is not { } a || Numeric(right) is not { } b) return NoNumbers(both, left, right);
        if (b == 0 && both.Type is BinaryExpressionType.Div or BinaryExpressionType.Modulo) return Fail($"{both.Text}: division by zero.", $"«{both.Text}»: на ноль делить нельзя.");
        return both.Type switch
        {
            BinaryExpressionType.Plus => a + b,
            BinaryExpressionType.Minus => a - b,
            BinaryExpressionType.Times => a * b,
            BinaryExpressionType.Div => a / b,
            _ => a % b,
        };
    }

    private object NoNumbers(FormulaNode.Both both, object left, object right)
    {
        var dates = left is DateTimeOffset || right is DateTimeOffset;
        return Fail(
            $"{both.Text}: {FormulaValue.KindOf(left)} and {FormulaValue.KindOf(right)} do not calculate.{(dates ? " Use adddays, addhours or daysbetween." : "")}",
            $"«{both.Text}» не вычислить: слева {FormulaValue.KindOfRu(left)}, справа {FormulaValue.KindOfRu(right)}.{(dates ? " Для дат есть «adddays», «addhours» и «daysbetween»." : "")}");
    }

    private static decimal? Numeric(object value) => value is decimal d ? d : value is string s ? FormulaValue.NumberIn(s) : null;

    private object? Call(FormulaNode.Call call)
    {
        var arguments = call.Arguments;
        if (call.Function.Kind == FunctionKind.If) return Choose(arguments[0], arguments[1], arguments[2]);
        if (call.Function.Kind == FunctionKind.Coalesce)
        {
            object? found = null;
            for (var i = 0; i < arguments.Length && found is null or ""; i++) found = Walk(arguments[i]);
            return found;
        }
        var evaluated = new object?[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            evaluated[i] = Walk(arguments[i]);
            if (ReferenceEquals(evaluated[i], Failed)) return Failed;
        }
        _position = call.Position;
        var result = call.Function.Body!(this, evaluated);
        if (result is bool answer) Seen.Add(call.Text, answer);
        return result;
    }
}
