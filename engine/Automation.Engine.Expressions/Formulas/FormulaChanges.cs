using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

/// <summary><c>event.changes</c>: path → <c>{ old, new }</c>; the path with or without its root.</summary>
internal static class FormulaChanges
{
    private static readonly (string, string)[] ChangesPath = ValuePath.Splits("event.changes");

    public static object Changed(FormulaEvaluation run, object? path)
    {
        if (path is not string name) return run.Fail("changed takes a path as a text, such as changed('deal.price').", "Поле здесь пишется в кавычках: «изменилось('deal.price')».");
        return Find(run, name) is { } change && !JToken.DeepEquals(change["old"] ?? JValue.CreateNull(), change["new"] ?? JValue.CreateNull());
    }

    public static object? Old(FormulaEvaluation run, object? path)
    {
        if (path is not string name) return run.Fail("old takes a path as a text, such as old('deal.price').", "Поле здесь пишется в кавычках: «было('deal.price')».");
        // A field that did not change had the value it has now.
        var token = Find(run, name) is { } change ? change["old"] : run.Read(ValuePath.Splits(name));
        run.Seen.Add($"old('{name}')", token);
        return FormulaValue.FromToken(token, run.Zone);
    }

    private static JObject? Find(FormulaEvaluation run, string path)
    {
        if (run.Read(ChangesPath) is not { } changes) return null;
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return (ValuePath.Read(changes, path) ?? (dot < 0 ? null : ValuePath.Read(changes, path[(dot + 1)..]))) as JObject;
    }
}
