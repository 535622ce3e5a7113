using System.Globalization;
using Automation.Engine.Expressions.Builder;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Conditions;

/// <summary>What a tree says of a deal, worked out from the tree itself: no formula takes part.</summary>
/// <remarks>True, false, or null where a comparison has nothing to say (a missing value, kinds that do not compare): then nothing around it has either.</remarks>
internal sealed class DirectVerdict(JObject roots)
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:sszzz"];
    private static DateTime Today => TimeZoneInfo.ConvertTime(GivenScope.At, GivenScope.Zone).Date;

    public bool? Of(ConditionNode node) => node switch
    {
        ConditionGroup { Kind: GroupKind.All } all => Until(all.Items, false),
        ConditionGroup { Kind: GroupKind.Any } any => Until(any.Items, true),
        ConditionGroup none => !Until(none.Items, true),
        ConditionLine line => Line(line),
        _ => throw new InvalidOperationException(),
    };

    private bool? Until(IReadOnlyList<ConditionNode> items, bool end)
    {
        foreach (var item in items)
            if (Of(item) is var one && one != !end) return one;
        return !end;
    }

    private bool? Line(ConditionLine line)
    {
        var now = line.Before ? Old(line.Field) : At(line.Field);
        object? V(int i) => Value(line.Values[i]);
        return line.Operator switch
        {
            ConditionOperator.Equal => Equal(now, V(0)),
            ConditionOperator.NotEqual => !Equal(now, V(0)),
            ConditionOperator.Less => Order(now, V(0)) is { } order ? order < 0 : null,
            ConditionOperator.LessOrEqual => Order(now, V(0)) is { } order ? order <= 0 : null,
            ConditionOperator.Greater => Order(now, V(0)) is { } order ? order > 0 : null,
            ConditionOperator.GreaterOrEqual => Order(now, V(0)) is { } order ? order >= 0 : null,
            ConditionOperator.Between => Order(V(0), now) is not { } low ? null : low > 0 ? false : Order(now, V(1)) is { } high ? high <= 0 : null,
            ConditionOperator.Same => Shown(now).Equals(Shown(V(0)), StringComparison.OrdinalIgnoreCase),
            ConditionOperator.NotSame => !Shown(now).Equals(Shown(V(0)), StringComparison.OrdinalIgnoreCase),
            ConditionOperator.Contains => Has(now, V(0)),
            ConditionOperator.NotContains => !Has(now, V(0)),
            ConditionOperator.ContainsAnyCase => now is JArray ? null : now is null ? false : Shown(now).ToLowerInvariant().Contains(Shown(V(0)).ToLowerInvariant(), StringComparison.Ordinal),
            ConditionOperator.NotContainsAnyCase => now is JArray ? null : now is null || !Shown(now).ToLowerInvariant().Contains(Shown(V(0)).ToLowerInvariant(), StringComparison.Ordinal),
            ConditionOperator.StartsWith => now is JArray ? null : now is not null && Shown(now).StartsWith(Shown(V(0)), StringComparison.Ordinal),
            ConditionOperator.EndsWith => now is JArray ? null : now is not null && Shown(now).EndsWith(Shown(V(0)), StringComparison.Ordinal),
            ConditionOperator.OneOf => line.Values.Any(value => Equal(now, Value(value)) == true),
            ConditionOperator.NoneOf => line.Values.All(value => Equal(now, Value(value)) != true),
            ConditionOperator.Includes => Includes(now, V(0)),
            ConditionOperator.NotIncludes => !Includes(now, V(0)),
            ConditionOperator.Empty => IsEmpty(now),
            ConditionOperator.NotEmpty => !IsEmpty(now),
            ConditionOperator.Checked => now is not null && Shown(now) is "true" or "1",
            ConditionOperator.NotChecked => now is null || Shown(now) is not ("true" or "1"),
            ConditionOperator.OnDay => Day(now) is { } day ? day == Day(V(0)) : null,
            ConditionOperator.AfterDay => Day(now) is { } day ? day > Day(V(0)) : null,
            ConditionOperator.Today => Day(now) is { } day ? day == Today : null,
            ConditionOperator.NextDays => Day(now) is { } day ? day >= Today && (day - Today).Days <= (decimal)V(0)! : null,
            ConditionOperator.LastDays => Day(now) is { } day ? day <= Today && (Today - day).Days <= (decimal)V(0)! : null,
            ConditionOperator.OlderThan => Day(now) is { } day ? (Today - day).Days > (decimal)V(0)! : null,
            ConditionOperator.LaterThan => Day(now) is { } day ? (day - Today).Days > (decimal)V(0)! : null,
            ConditionOperator.Changed => Changed(line.Field),
            ConditionOperator.NotChanged => !Changed(line.Field),
            ConditionOperator.ChangedTo => Changed(line.Field) ? Equal(V(0), At(line.Field)) : false,
            ConditionOperator.ChangedFrom => Changed(line.Field) ? Equal(V(0), Old(line.Field)) : false,
            ConditionOperator.ChangedFromTo => !Changed(line.Field) ? false : Equal(V(0), Old(line.Field)) is var from && from == true ? Equal(V(1), At(line.Field)) : from,
            ConditionOperator.HasTag => Tagged((string)V(0)!),
            _ => !Tagged((string)V(0)!),
        };
    }

    private bool Tagged(string tag) => roots["deal"]!["tags"]!.Any(one => string.Equals((one is JObject named ? named["name"] : one)!.ToString(), tag, StringComparison.OrdinalIgnoreCase));

    private object? Value(ConditionValue value) => value switch
    {
        ConditionValue.Text text => text.Value,
        ConditionValue.Number number => number.Value,
        ConditionValue.Date date => Moment(date.Iso),
        ConditionValue.Flag flag => flag.Value,
        ConditionValue.Field field => At(field.Path),
        ConditionValue.Previous field => Old(field.Path),
        _ => throw new InvalidOperationException(),
    };

    private object? At(string path) => path switch
    {
        "deal.cf.101" or "deal.cf.102" => Clr(roots["deal"]!["cf"]![path[8..]]),
        "contact.name" => roots["contact"] is JObject contact ? Clr(contact["name"]) : null,
        _ => Clr(roots["deal"]![path[5..]]),
    };

    private object? Old(string path) => Change(path) is { } change ? Clr(change["old"]) : At(path);

    private bool Changed(string path) => Change(path) is { } change && !JToken.DeepEquals(change["old"], change["new"]);

    // A contact's field is looked up among the changes of the event by its name alone, as the deal's is.
    private JToken? Change(string path) => roots["event"]!["changes"]![path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..]];

    private static object? Clr(JToken? token) => token switch
    {
        JArray list => list,
        JValue { Value: long number } => (decimal)number,
        JValue { Value: int number } => (decimal)number,
        JValue value => value.Value,
        _ => null,
    };

    private static bool? Equal(object? a, object? b) => (a, b) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (bool x, bool y) => x == y,
        (string x, string y) => x == y,
        (JArray x, JArray y) => JToken.DeepEquals(x, y),
        _ => Order(a, b) is { } order ? order == 0 : null,
    };

    private static int? Order(object? a, object? b) => (a, b) switch
    {
        (decimal x, decimal y) => x.CompareTo(y),
        (decimal x, string y) => Number(y) is { } n ? x.CompareTo(n) : null,
        (string x, decimal y) => Number(x)?.CompareTo(y),
        (DateTimeOffset x, DateTimeOffset y) => x.CompareTo(y),
        (DateTimeOffset x, string y) => Moment(y) is { } at ? x.CompareTo(at) : null,
        (string x, DateTimeOffset y) => Moment(x)?.CompareTo(y),
        (string x, string y) => Number(x) is { } n && Number(y) is { } m ? n.CompareTo(m) : Moment(x) is { } p && Moment(y) is { } q ? p.CompareTo(q) : string.CompareOrdinal(x, y),
        _ => null,
    };

    private static bool? Has(object? now, object? part)
    {
        if (now is JArray list) return list.Any(item => Equal(Clr(item), part) == true);
        return now is not null && Shown(now).Contains(Shown(part), StringComparison.Ordinal);
    }

    private static bool Includes(object? now, object? value) => now is JArray list ? list.Any(item => Equal(Clr(item), value) == true) : Equal(value, now) == true;

    private static bool IsEmpty(object? now) => now is null or "" or JArray { Count: 0 };

    private static DateTime? Day(object? value) => value switch
    {
        DateTimeOffset at => TimeZoneInfo.ConvertTime(at, GivenScope.Zone).Date,
        string text when Moment(text) is { } at => TimeZoneInfo.ConvertTime(at, GivenScope.Zone).Date,
        _ => null,
    };

    private static decimal? Number(string text) => text.Length <= 40 && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Moment(string text)
    {
        if (!DateTimeOffset.TryParseExact(text.Replace("Z", "+00:00", StringComparison.Ordinal), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return null;
        return text.Length <= 19 && text[^1] != 'Z' ? new DateTimeOffset(at.DateTime, GivenScope.Zone.GetUtcOffset(at.DateTime)) : at;
    }

    private static string Shown(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        decimal number => number.ToString("0.############################", CultureInfo.InvariantCulture),
        DateTimeOffset at => TimeZoneInfo.ConvertTime(at, GivenScope.Zone).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        JArray list => list.ToString(Newtonsoft.Json.Formatting.None),
        _ => (string)value,
    };
}
