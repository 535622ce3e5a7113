using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json;

namespace Automation.Engine.Expressions.Builder;

/// <summary>
/// Writes a tree as a script that gives the same verdicts; where the formula has no answer (a value is missing, kinds that do not
/// compare), the script fails, so that neither fires. There is no way back.
/// </summary>
/// <remarks>A script counts in floating point: numbers of more than 15 digits may differ.</remarks>
public static partial class ConditionJavaScript
{
    // In the order in which one needs another.
    private static readonly (string Name, string Text)[] Parts =
    [
        ("text", "const text = v => v == null ? \"\" : Array.isArray(v) ? JSON.stringify(v) : String(v);"),
        ("number", """const number = v => typeof v === "number" ? v : typeof v === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/.test(v) ? Number(v) : null;"""),
        ("num", "const num = v => { const n = number(v); if (n === null) throw new Error(\"A number is needed here.\"); return n; };"),
        ("is", """
            const is = (v, text) => {
              if (v == null || typeof v === "string") return v === text;
              if (typeof v !== "number") throw new Error("These values do not compare.");
              return v === num(text);
            };
            """),
        ("moment", """
            const moment = v => {
              if (v instanceof Date) return v.getTime();
              const part = typeof v === "string" ? /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(v) : null;
              if (part === null) return null;
              const time = part[8] ? Date.parse(v) : new Date(+part[1], part[2] - 1, +part[3], +(part[4] ?? 0), +(part[5] ?? 0), +(part[6] ?? 0)).getTime();
              return isNaN(time) ? null : time;
            };
            """),
        ("date", "const date = v => new Date(moment(v));"),
        ("compare", """
            const compare = (a, b) => {
              if (a == null || b == null) throw new Error("A value is missing.");
              const pair = a instanceof Date || b instanceof Date ? [moment(a), moment(b)]
                : typeof a === "number" || typeof b === "number" ? [number(a), number(b)]
                : typeof a !== "string" || typeof b !== "string" ? [null, null]
                : number(a) !== null && number(b) !== null ? [number(a), number(b)]
                : moment(a) !== null && moment(b) !== null ? [moment(a), moment(b)] : [a, b];
              if (pair[0] === null || pair[1] === null) throw new Error("These values do not compare.");
              return pair[0] < pair[1] ? -1 : pair[0] > pair[1] ? 1 : 0;
            };
            """),
        ("equal", """
            const equal = (a, b) => a == null || b == null ? a == null && b == null
              : typeof a === typeof b && (typeof a === "string" || typeof a === "boolean") ? a === b
              : Array.isArray(a) && Array.isArray(b) ? JSON.stringify(a) === JSON.stringify(b) : compare(a, b) === 0;
            """),
        ("oneOf", "const oneOf = (value, list) => list.some(item => { try { return equal(item, value); } catch { return false; } });"),
        ("includes", "const includes = (list, value) => oneOf(value, Array.isArray(list) ? list : [list]);"),
        ("plain", "const plain = v => { if (Array.isArray(v)) throw new Error(\"A text is needed here.\"); return v; };"),
        ("contains", "const contains = (v, part) => Array.isArray(v) ? oneOf(part, v) : v != null && text(v).includes(text(part));"),
        ("same", "const same = (a, b) => text(a).toLowerCase() === text(b).toLowerCase();"),
        ("empty", "const empty = v => v == null || v === \"\" || (Array.isArray(v) && v.length === 0);"),
        ("day", "const day = v => { const time = moment(v); if (time === null) throw new Error(\"A date is needed here.\"); return new Date(time).setHours(0, 0, 0, 0); };"),
        ("daysAhead", "const daysAhead = v => Math.round((day(v) - day(new Date())) / 86400000);"),
        ("change", "const change = path => event.changes?.[path] ?? event.changes?.[path.slice(path.indexOf(\".\") + 1)];"),
        ("changed", "const changed = path => change(path) != null && JSON.stringify(change(path).old ?? null) !== JSON.stringify(change(path).new ?? null);"),
        ("before", "const before = (path, current) => change(path) ? change(path).old : current;"),
        ("hasTag", "const hasTag = tag => (deal.tags ?? []).some(one => same(one?.name ?? one, tag));"),
    ];

    /// <exception cref="ArgumentException">A line is not complete.</exception>
    public static string Write(ConditionGroup root)
    {
        if (!ConditionOperators.IsComplete(root)) throw new ArgumentException("A line is not complete.", nameof(root));
        var verdict = Inside(root) + ";";
        var used = new List<string>();
        for (var i = Parts.Length - 1; i >= 0; i--)
            if (Calls(verdict, Parts[i].Name) || used.Exists(part => Calls(part, Parts[i].Name))) used.Insert(0, Parts[i].Text.TrimEnd());
        return string.Join('\n', used.Append(verdict));
    }

    private static bool Calls(string code, string function) => Regex.IsMatch(Quoted().Replace(code, ""), $@"(?<![\w.?]){function}\(", RegexOptions.CultureInvariant);

    private static string Inside(ConditionGroup group) => group switch
    {
        { Kind: GroupKind.All, Items: [] } or { Kind: GroupKind.None, Items: [] } => "true",
        { Items: [] } => "false",
        { Kind: GroupKind.All } => string.Join(" && ", group.Items.Select(Item)),
        { Kind: GroupKind.Any } => string.Join(" || ", group.Items.Select(Item)),
        _ => $"!({string.Join(" || ", group.Items.Select(Item))})",
    };

    private static string Item(ConditionNode node) => node switch
    {
        ConditionLine line => Line(line),
        ConditionGroup { Kind: GroupKind.None } none => Inside(none),
        ConditionGroup group => $"({Inside(group)})",
        _ => throw new ArgumentException("This is neither a group nor a line.", nameof(node)),
    };

    private static string Line(ConditionLine line)
    {
        var (name, now) = (Quote(line.Field), Path(line.Field));
        var s = line.Before ? $"before({name}, {now})" : now;
        string V(int i) => Value(line.Values[i]);
        return line.Operator switch
        {
            ConditionOperator.Equal => Equal(),
            ConditionOperator.NotEqual => "!" + Equal(),
            ConditionOperator.Less => Ordered("<"),
            ConditionOperator.LessOrEqual => Ordered("<="),
            ConditionOperator.Greater => Ordered(">"),
            ConditionOperator.GreaterOrEqual => Ordered(">="),
            ConditionOperator.Between when line.Values is [ConditionValue.Number, ConditionValue.Number] => $"(num({s}) >= {V(0)} && num({s}) <= {V(1)})",
            ConditionOperator.Between => $"(compare({V(0)}, {s}) <= 0 && compare({s}, {V(1)}) <= 0)",
            ConditionOperator.Same => $"same({s}, {V(0)})",
            ConditionOperator.NotSame => $"!same({s}, {V(0)})",
            ConditionOperator.Contains => $"contains({s}, {V(0)})",
            ConditionOperator.NotContains => $"!contains({s}, {V(0)})",
            ConditionOperator.ContainsAnyCase => AnyCase(),
            ConditionOperator.NotContainsAnyCase => "!" + AnyCase(),
            ConditionOperator.StartsWith => $"({s} != null && text(plain({s})).startsWith({V(0)}))",
            ConditionOperator.EndsWith => $"({s} != null && text(plain({s})).endsWith({V(0)}))",
            ConditionOperator.OneOf => $"oneOf({s}, [{string.Join(", ", line.Values.Select(Value))}])",
            ConditionOperator.NoneOf => $"!oneOf({s}, [{string.Join(", ", line.Values.Select(Value))}])",
            ConditionOperator.Includes => $"includes({s}, {V(0)})",
            ConditionOperator.NotIncludes => $"!includes({s}, {V(0)})",
            ConditionOperator.Empty => $"empty({s})",
            ConditionOperator.NotEmpty => $"!empty({s})",
            ConditionOperator.Checked => $"oneOf(text({s}), [\"true\", \"1\"])",
            ConditionOperator.NotChecked => $"!oneOf(text({s}), [\"true\", \"1\"])",
            ConditionOperator.OnDay => $"day({s}) === day({V(0)})",
            ConditionOperator.AfterDay => $"day({s}) > day({V(0)})",
            ConditionOperator.Today => $"daysAhead({s}) === 0",
            ConditionOperator.NextDays => $"(daysAhead({s}) >= 0 && daysAhead({s}) <= {V(0)})",
            ConditionOperator.LastDays => $"(daysAhead({s}) <= 0 && daysAhead({s}) >= -{V(0)})",
            ConditionOperator.OlderThan => $"daysAhead({s}) < -{V(0)}",
            ConditionOperator.LaterThan => $"daysAhead({s}) > {V(0)}",
            ConditionOperator.Changed => $"changed({name})",
            ConditionOperator.NotChanged => $"!changed({name})",
            ConditionOperator.ChangedTo => $"(changed({name}) && equal({s}, {V(0)}))",
            ConditionOperator.ChangedFrom => $"(changed({name}) && equal(before({name}, {now}), {V(0)}))",
            ConditionOperator.ChangedFromTo => $"(changed({name}) && equal(before({name}, {now}), {V(0)}) && equal({s}, {V(1)}))",
            ConditionOperator.HasTag => $"hasTag({V(0)})",
            _ => $"!hasTag({V(0)})",
        };

        // Against a constant, the plain comparison of its kind.
        string Equal() => line.Values[0] switch
        {
            ConditionValue.Text => $"is({s}, {V(0)})",
            ConditionValue.Number => $"({s} != null && num({s}) === {V(0)})",
            _ => $"equal({s}, {V(0)})",
        };

        string Ordered(string sign) => line.Values[0] is ConditionValue.Number ? $"num({s}) {sign} {V(0)}" : $"compare({s}, {V(0)}) {sign} 0";

        string AnyCase() => $"({s} != null && text(plain({s})).toLowerCase().includes({V(0)}.toLowerCase()))";
    }

    // A deal is always there; the rest may not be.
    private static string Path(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return Identifier().IsMatch(path) ? path : $"globalThis[{Quote(path)}]";
        var (root, rest) = (path[..dot], path[(dot + 1)..]);
        if (!Identifier().IsMatch(root)) return $"globalThis[{Quote(root)}]?.[{Quote(rest)}]";
        if (rest.StartsWith("cf.", StringComparison.Ordinal)) return $"{root}{(root == "deal" ? "" : "?")}.cf?.[{Quote(rest[3..])}]";
        if (!rest.Split('.').All(part => Identifier().IsMatch(part))) return root == "deal" ? $"{root}[{Quote(rest)}]" : $"{root}?.[{Quote(rest)}]";
        return root == "deal" ? $"{root}.{rest.Replace(".", "?.", StringComparison.Ordinal)}" : $"{root}?.{rest.Replace(".", "?.", StringComparison.Ordinal)}";
    }

    private static string Value(ConditionValue value) => value switch
    {
        ConditionValue.Text text => Quote(text.Value),
        ConditionValue.Number number => number.Value.ToString(CultureInfo.InvariantCulture),
        ConditionValue.Date date => $"date({Quote(date.Iso)})",
        ConditionValue.Flag flag => flag.Value ? "true" : "false",
        ConditionValue.Field field => Path(field.Path),
        ConditionValue.Previous field => $"before({Quote(field.Path)}, {Path(field.Path)})",
        _ => throw new ArgumentException("This is no value.", nameof(value)),
    };

    private static string Quote(string text) => JsonConvert.ToString(text, '"', StringEscapeHandling.EscapeNonAscii) is var quoted && text.All(c => c is >= ' ' and not ('"' or '\\' or '\u2028' or '\u2029') && !char.IsSurrogate(c)) ? $"\"{text}\"" : quoted;

    [GeneratedRegex(@"^[\p{L}_$][\p{L}\p{Nd}_$]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
