using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

internal static class FormulaLists
{
    private static readonly (string, string)[] TagsPath = ValuePath.Splits("deal.tags");

    public static void AddTo(Action<string, int, int, FunctionBody> add)
    {
        add("count количество", 1, 1, (run, a) => a[0] switch
        {
            null => 0m,
            JArray list => (decimal)list.Count,
            _ => NoList(run, a[0]),
        });
        add("sum сумма", 1, 2, Sum);
        add("any", 1, 2, (run, a) => a[0] switch
        {
            null => false,
            JArray list => a.Length == 1 ? list.Any(IsSomething) : FormulaFunctions.Holds(run, list, a[1]),
            _ => NoList(run, a[0]),
        });
    }

    /// <summary>Tags are texts, or objects with a <c>name</c>; compared ignoring case, as CRMs do.</summary>
    public static object HasTag(FormulaEvaluation run, object? wanted)
    {
        if (wanted is null) return false;
        var name = FormulaValue.TextOf(wanted);
        if (run.Read(TagsPath) is not JArray tags) return false;
        foreach (var tag in tags)
            if (string.Equals((tag is JObject o ? o["name"] : tag)?.ToString(), name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static object NoList(FormulaEvaluation run, object? value) =>
        run.Fail($"A list is needed here, not {FormulaValue.KindOf(value)}.", $"Здесь нужен список, а это {FormulaValue.KindOfRu(value)}.");

    private static object? Sum(FormulaEvaluation run, object?[] a)
    {
        if (a[0] is null) return 0m;
        if (a[0] is not JArray list) return NoList(run, a[0]);
        var sum = 0m;
        foreach (var item in list)
        {
            var token = a.Length == 2 ? ValuePath.Read(item, FormulaValue.TextOf(a[1])) : item;
            if (FormulaValue.FromToken(token, run.Zone) is not { } value) continue;
            if (FormulaFunctions.Number(run, value) is not decimal number) return FormulaEvaluation.Failed;
            sum += number;
        }
        return sum;
    }

    private static bool IsSomething(JToken item) => item is not JValue { Value: null or false or "" };
}
