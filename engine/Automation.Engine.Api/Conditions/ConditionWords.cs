using System.Globalization;
using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;

namespace Automation.Engine.Api.Conditions;

/// <summary>Says a condition in an admin's words: <c>бюджет &gt; 50 000 и источник — «Сайт»</c>.</summary>
public sealed class ConditionWords(ConditionFields fields, bool english)
{
    private const int Longest = 60;

    private static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");
    private static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>A formula that the builder cannot show is told as it stands; a script is told as one.</summary>
    public static string Of(Condition condition, CrmDirectory? directory, bool english)
    {
        if (condition.Language != ExpressionTypes.NCalc) return english ? "a script says yes" : "скрипт отвечает «да»";
        return ConditionReader.Read(condition.Text).Tree is { } tree ? new ConditionWords(ConditionFields.Of(directory, english), english).Of(tree) : condition.Text;
    }

    public string Of(ConditionGroup root) => Inside(root);

    /// <summary>One line.</summary>
    public string Of(ConditionLine line)
    {
        var field = fields.At(line.Field);
        var (name, title) = (Subject(field, line.Before), $"«{Shown(field)}»");
        if (english) title = $"“{Shown(field)}”";
        string V(int i) => i < line.Values.Count ? Value(field, line.Values[i]) : "…";
        string Day(int i) => i < line.Values.Count && line.Values[i] is ConditionValue.Number number ? Days((int)number.Value) : "…";
        var list = string.Join(", ", line.Values.Select(value => Value(field, value)));
        return line.Operator switch
        {
            ConditionOperator.Equal or ConditionOperator.Same => field.Kind == FieldKind.Number ? $"{name} = {V(0)}" : Say($"{name} — {V(0)}", $"{name} is {V(0)}"),
            ConditionOperator.NotEqual or ConditionOperator.NotSame => field.Kind == FieldKind.Number ? $"{name} ≠ {V(0)}" : Say($"{name} — не {V(0)}", $"{name} is not {V(0)}"),
            ConditionOperator.Less when field.Kind == FieldKind.Date => Say($"{name} раньше {V(0)}", $"{name} is before {V(0)}"),
            ConditionOperator.GreaterOrEqual when field.Kind == FieldKind.Date => Say($"{name} не раньше {V(0)}", $"{name} is not before {V(0)}"),
            ConditionOperator.Less => $"{name} < {V(0)}",
            ConditionOperator.LessOrEqual => $"{name} ≤ {V(0)}",
            ConditionOperator.Greater => $"{name} > {V(0)}",
            ConditionOperator.GreaterOrEqual => $"{name} ≥ {V(0)}",
            ConditionOperator.Between => Say($"{name} от {V(0)} до {V(1)}", $"{name} from {V(0)} to {V(1)}"),
            ConditionOperator.Contains or ConditionOperator.ContainsAnyCase => Say($"{name} содержит {V(0)}", $"{name} contains {V(0)}"),
            ConditionOperator.NotContains or ConditionOperator.NotContainsAnyCase => Say($"{name} не содержит {V(0)}", $"{name} does not contain {V(0)}"),
            ConditionOperator.StartsWith => Say($"{name} начинается с {V(0)}", $"{name} begins with {V(0)}"),
            ConditionOperator.EndsWith => Say($"{name} заканчивается на {V(0)}", $"{name} ends with {V(0)}"),
            ConditionOperator.OneOf => Say($"{name} — одно из: {list}", $"{name} is one of {list}"),
            ConditionOperator.NoneOf => Say($"{name} — ни одно из: {list}", $"{name} is none of {list}"),
            ConditionOperator.Includes => Say($"в поле {title} есть {V(0)}", $"{title} includes {V(0)}"),
            ConditionOperator.NotIncludes => Say($"в поле {title} нет {V(0)}", $"{title} does not include {V(0)}"),
            ConditionOperator.Empty => Say($"поле {title} пустое", $"{title} is empty"),
            ConditionOperator.NotEmpty => Say($"поле {title} заполнено", $"{title} is filled in"),
            ConditionOperator.Checked => Say($"отмечено {title}", $"{title} is ticked"),
            ConditionOperator.NotChecked => Say($"не отмечено {title}", $"{title} is not ticked"),
            ConditionOperator.OnDay => Say($"{name} — {V(0)}", $"{name} is on {V(0)}"),
            ConditionOperator.AfterDay => Say($"{name} позже {V(0)}", $"{name} is after {V(0)}"),
            ConditionOperator.Today => Say($"{name} — сегодня", $"{name} is today"),
            ConditionOperator.NextDays => Say($"{name} — сегодня или в ближайшие {Day(0)}", $"{name} is today or in the next {Day(0)}"),
            ConditionOperator.LastDays => Say($"{name} — сегодня или за последние {Day(0)}", $"{name} is today or in the last {Day(0)}"),
            ConditionOperator.OlderThan => Say($"{name} — раньше, чем {Day(0)} назад", $"{name} is more than {Day(0)} ago"),
            ConditionOperator.LaterThan => Say($"{name} — позже, чем через {Day(0)}", $"{name} is more than {Day(0)} ahead"),
            ConditionOperator.Changed => Say($"изменилось поле {title}", $"{title} changed"),
            ConditionOperator.NotChanged => Say($"поле {title} не менялось", $"{title} did not change"),
            ConditionOperator.ChangedTo => Say($"поле {title} изменилось на {V(0)}", $"{title} changed to {V(0)}"),
            ConditionOperator.ChangedFrom => Say($"поле {title} изменилось, было {V(0)}", $"{title} changed from {V(0)}"),
            ConditionOperator.ChangedFromTo => Say($"поле {title} изменилось с {V(0)} на {V(1)}", $"{title} changed from {V(0)} to {V(1)}"),
            ConditionOperator.HasTag => Say($"есть тег {V(0)}", $"has the tag {V(0)}"),
            _ => Say($"нет тега {V(0)}", $"has no tag {V(0)}"),
        };
    }

    /// <summary>A field with whose it is: <c>город (контакт)</c>.</summary>
    public string Shown(ConditionField field) => field.Owner switch
    {
        "contact" => $"{field.Name} ({Say("контакт", "contact")})",
        "company" => $"{field.Name} ({Say("компания", "company")})",
        "user" => $"{field.Name} ({Say("сотрудник", "responsible")})",
        _ => field.Name,
    };

    /// <summary>A value as a reader expects it: a choice by its name, a number and a date in the language.</summary>
    public string Value(ConditionField field, ConditionValue value) => value switch
    {
        ConditionValue.Text text => Quoted(Cut(field.Choices.FirstOrDefault(choice => choice.Value == text.Value)?.Name ?? text.Value)),
        ConditionValue.Number number => field.Choices.FirstOrDefault(choice => choice.Value == number.Value.ToString(CultureInfo.InvariantCulture))?.Name is { } name ? Quoted(name) : number.Value.ToString("#,0.####", english ? British : Russian),
        ConditionValue.Date date => Date(date.Iso),
        ConditionValue.Flag flag => flag.Value ? Say("да", "yes") : Say("нет", "no"),
        ConditionValue.Field other => Say($"поле «{Shown(fields.At(other.Path))}»", $"“{Shown(fields.At(other.Path))}”"),
        ConditionValue.Previous other when other.Path == field.Path => Say("прежнее значение", "its value before"),
        ConditionValue.Previous other => Say($"прежнее значение поля «{Shown(fields.At(other.Path))}»", $"“{Shown(fields.At(other.Path))}” before"),
        _ => "…",
    };

    private string Inside(ConditionGroup group) => group switch
    {
        { Items: [] } => group.Kind == GroupKind.Any ? Say("никогда", "never") : Say("всегда", "always"),
        { Kind: GroupKind.All } => string.Join(Say(" и ", " and "), group.Items.Select(Item)),
        { Kind: GroupKind.Any } => string.Join(Say(" или ", " or "), group.Items.Select(Item)),
        { Items: [var only] } => $"{Say("неверно, что", "not:")} {Item(only)}",
        _ => Say("ни одно из: ", "none of: ") + string.Join("; ", group.Items.Select(Item)),
    };

    private string Item(ConditionNode node) => node switch
    {
        ConditionLine line => Of(line),
        ConditionGroup { Kind: not GroupKind.None, Items: [var only] } => Item(only),
        ConditionGroup group => $"({Inside(group)})",
        _ => "",
    };

    private string Subject(ConditionField field, bool before)
    {
        var name = Shown(field);
        // An abbreviation stays as it is.
        if (name.Length > 1 && char.IsUpper(name[0]) && !char.IsUpper(name[1])) name = char.ToLowerInvariant(name[0]) + name[1..];
        return before ? Say($"{name} (прежнее значение)", $"{name} (before)") : name;
    }

    private string Date(string iso)
    {
        if (DateTime.TryParseExact(iso, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day.ToString("d MMMM yyyy", english ? British : Russian);
        return DateTime.TryParseExact(iso, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at.ToString("d MMMM yyyy HH:mm", english ? British : Russian) : iso;
    }

    private string Days(int count)
    {
        if (english) return count == 1 ? "1 day" : $"{count} days";
        var form = count % 100 is >= 11 and <= 14 ? "дней" : (count % 10) switch { 1 => "день", >= 2 and <= 4 => "дня", _ => "дней" };
        return $"{count} {form}";
    }

    private string Quoted(string text) => english ? $"“{text}”" : $"«{text}»";

    private string Say(string russian, string words) => english ? words : russian;

    private static string Cut(string text) => text.Length > Longest ? text[..Longest] + "…" : text;
}
