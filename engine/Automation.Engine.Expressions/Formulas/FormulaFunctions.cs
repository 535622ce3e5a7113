using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

internal enum FunctionKind
{
    Plain,
    If,
    Coalesce,
}

internal delegate object? FunctionBody(FormulaEvaluation run, object?[] arguments);

/// <summary>A function of formulas; <c>ReadsRoot</c> is the root it looks at besides its arguments, <c>ReadsNamed</c> says that it looks at the path its argument names.</summary>
internal sealed record FormulaFunction(int Min, int Max, FunctionBody? Body, FunctionKind Kind = FunctionKind.Plain, string? ReadsRoot = null, bool ReadsNamed = false)
{
    public string Arity => Max == int.MaxValue ? $"at least {Min}" : Min == Max ? $"{Min}" : $"{Min} to {Max}";

    public string ArityRu => Max == int.MaxValue ? $"не меньше {Min}" : Min == Max ? $"{Min}" : $"от {Min} до {Max}";
}

/// <summary>All functions a formula knows. Empty texts: yes/no questions about them are false, texts stay empty, numbers and dates are <c>value_missing</c>.</summary>
internal static class FormulaFunctions
{
    private const int Any = int.MaxValue;
    private static readonly LruCache<string, Regex> Patterns = new(256, StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, FormulaFunction> ByName = Table().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, FormulaFunction> Table()
    {
        var table = new Dictionary<string, FormulaFunction>(StringComparer.OrdinalIgnoreCase);
        void Add(string names, FormulaFunction function)
        {
            foreach (var name in names.Split(' ')) table.Add(name, function);
        }
        void Plain(string names, int min, int max, FunctionBody body) => Add(names, new FormulaFunction(min, max, body));

        Add("if если", new FormulaFunction(3, 3, null, FunctionKind.If));
        Add("coalesce первое", new FormulaFunction(1, Any, null, FunctionKind.Coalesce));
        Plain("isnull empty isempty пусто", 1, 1, (_, a) => a[0] is null or "" or JArray { Count: 0 });
        Plain("in одно_из", 2, Any, In);

        Plain("same совпадает", 2, 2, (_, a) => string.Equals(FormulaValue.TextOf(a[0]), FormulaValue.TextOf(a[1]), StringComparison.OrdinalIgnoreCase));
        Plain("contains содержит", 2, 2, (run, a) => a[0] is JArray list ? Holds(run, list, a[1]) : Question(run, a, (s, part) => s.Contains(part, StringComparison.Ordinal)));
        Plain("startswith начинается", 2, 2, (run, a) => Question(run, a, (s, part) => s.StartsWith(part, StringComparison.Ordinal)));
        Plain("endswith заканчивается", 2, 2, (run, a) => Question(run, a, (s, part) => s.EndsWith(part, StringComparison.Ordinal)));
        Plain("lower", 1, 1, (run, a) => Text(run, a[0], s => s.ToLowerInvariant()));
        Plain("upper", 1, 1, (run, a) => Text(run, a[0], s => s.ToUpperInvariant()));
        Plain("trim", 1, 1, (run, a) => Text(run, a[0], s => s.Trim()));
        Plain("len длина", 1, 1, (run, a) => a[0] switch { null => 0m, JArray list => (decimal)list.Count, JObject => run.Fail("len takes a text or a list.", "Здесь нужен текст или список."), var v => (decimal)FormulaValue.TextOf(v).Length });
        Plain("matches", 2, 2, Matches);
        Plain("text текст", 1, 1, (_, a) => a[0] is null ? null : FormulaValue.TextOf(a[0]));

        Plain("number число", 1, 1, (run, a) => Number(run, a[0]));
        Plain("abs", 1, 1, (run, a) => Number(run, a[0]) is decimal d ? Math.Abs(d) : FormulaEvaluation.Failed);
        Plain("floor", 1, 1, (run, a) => Number(run, a[0]) is decimal d ? Math.Floor(d) : FormulaEvaluation.Failed);
        Plain("ceiling", 1, 1, (run, a) => Number(run, a[0]) is decimal d ? Math.Ceiling(d) : FormulaEvaluation.Failed);
        Plain("round округлить", 1, 2, Round);
        Plain("min", 1, Any, (run, a) => Extreme(run, a, -1));
        Plain("max", 1, Any, (run, a) => Extreme(run, a, 1));

        FormulaLists.AddTo(Plain);
        FormulaDates.AddTo(Plain);
        Add("hastag", new FormulaFunction(1, 1, (run, a) => FormulaLists.HasTag(run, a[0]), ReadsRoot: "deal"));
        Add("changed изменилось", new FormulaFunction(1, 1, (run, a) => FormulaChanges.Changed(run, a[0]), ReadsRoot: "event"));
        Add("old было", new FormulaFunction(1, 1, (run, a) => FormulaChanges.Old(run, a[0]), ReadsRoot: "event", ReadsNamed: true));
        return table;
    }

    /// <returns>A decimal, or the failure.</returns>
    public static object Number(FormulaEvaluation run, object? value) => value switch
    {
        null => run.Missing("The number is empty.", "Число не заполнено."),
        decimal d => d,
        string s when FormulaValue.NumberIn(s) is { } number => number,
        _ => run.Fail($"A number is needed here, not {FormulaValue.KindOf(value)}.", $"Здесь нужно число, а это {FormulaValue.KindOfRu(value)}."),
    };

    public static bool Holds(FormulaEvaluation run, JArray list, object? value) =>
        list.Any(item => FormulaComparison.AreEqual(FormulaValue.FromToken(item, run.Zone), value, run.Zone) == true);

    private static object? In(FormulaEvaluation run, object?[] a)
    {
        for (var i = 1; i < a.Length; i++)
            if (a[i] is JArray list ? Holds(run, list, a[0]) : FormulaComparison.AreEqual(a[0], a[i], run.Zone) == true) return true;
        return false;
    }

    private static object Question(FormulaEvaluation run, object?[] a, Func<string, string, bool> ask)
    {
        if (a[0] is JToken || a[1] is JToken) return NoText(run, a[0] is JToken ? a[0] : a[1]);
        return a[0] is not null && a[1] is not null && ask(FormulaValue.TextOf(a[0]), FormulaValue.TextOf(a[1]));
    }

    private static object? Text(FormulaEvaluation run, object? value, Func<string, string> change) => value switch
    {
        null => null,
        JToken => NoText(run, value),
        _ => change(FormulaValue.TextOf(value)),
    };

    private static object NoText(FormulaEvaluation run, object? value) =>
        run.Fail($"A text is needed here, not {FormulaValue.KindOf(value)}.", $"Здесь нужен текст, а это {FormulaValue.KindOfRu(value)}.");

    private static object Matches(FormulaEvaluation run, object?[] a)
    {
        if (a[1] is not string pattern) return run.Fail("The pattern must be a text.", "Образец должен быть текстом.");
        if (a[0] is null) return false;
        if (a[0] is JToken) return NoText(run, a[0]);
        try
        {
            var (regex, text) = (Patterns.GetOrAdd(pattern, Compile), FormulaValue.TextOf(a[0]));
            return PausedProcess.Twice(() => regex.IsMatch(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return run.Fail("The pattern took longer than 5 s.", "Образец проверялся дольше 5 секунд.");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return run.Fail("The pattern is not valid here; look-around and back-references are not supported.", "Образец записан неверно или слишком сложен.");
        }
    }

    private static Regex Compile(string pattern) => pattern.Length > 500
        ? throw new NotSupportedException("pattern too long")
        : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PausedProcess.LastResort);

    private static object Round(FormulaEvaluation run, object?[] a)
    {
        if (Number(run, a[0]) is not decimal value) return FormulaEvaluation.Failed;
        if (a.Length == 1) return Math.Round(value, 0, MidpointRounding.AwayFromZero);
        if (Number(run, a[1]) is not decimal digits) return FormulaEvaluation.Failed;
        return digits is >= 0 and <= 28 && digits == decimal.Truncate(digits)
            ? Math.Round(value, (int)digits, MidpointRounding.AwayFromZero)
            : run.Fail("round takes 0 to 28 digits.", "Знаков после запятой может быть от 0 до 28.");
    }

    private static object? Extreme(FormulaEvaluation run, object?[] a, int sign)
    {
        object? best = null;
        foreach (var value in a is [JArray list] ? list.Select(item => FormulaValue.FromToken(item, run.Zone)) : a)
        {
            if (value is null) return run.Missing("One of the values is empty.", "Одно из значений не заполнено.");
            var comparable = value is string s && FormulaValue.NumberIn(s) is { } number ? number : value;
            if (comparable is not (decimal or DateTimeOffset) && !(comparable is string t && IsoDate.Parse(t) is not null)) return run.Fail($"Numbers or dates are needed here, not {FormulaValue.KindOf(value)}.", $"Здесь нужны числа или даты, а это {FormulaValue.KindOfRu(value)}.");
            if (best is null) best = comparable;
            else if (FormulaComparison.Order(comparable, best, run.Zone) is not { } order) return run.Fail("Numbers and dates cannot be mixed here.", "Здесь должны быть или только числа, или только даты.");
            else if (Math.Sign(order) == sign) best = comparable;
        }
        return best ?? run.Missing("The list is empty.", "Список пуст.");
    }
}
