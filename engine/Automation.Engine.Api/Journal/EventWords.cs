using System.Globalization;
using System.Text.RegularExpressions;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Matching;
using Automation.Engine.Ports;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Journal;

/// <summary>Says in words what an event row tells.</summary>
internal sealed partial class EventWords(bool english, FunnelDocument? document, CrmDirectory? directory)
{
    private const int LongestValue = 120;

    private static readonly Dictionary<string, (string Ru, string En)> Kinds = new(StringComparer.Ordinal)
    {
        [EventKinds.Created] = ("Создана", "Created"),
        [EventKinds.Updated] = ("Изменена", "Changed"),
        [EventKinds.StageChanged] = ("Смена этапа", "Stage changed"),
        [EventKinds.ResponsibleChanged] = ("Сменился ответственный", "Responsible changed"),
        [EventKinds.Deleted] = ("Удалена", "Deleted"),
        [EventKinds.Restored] = ("Восстановлена", "Restored"),
        [EventKinds.NoteAdded] = ("Добавлено примечание", "Note added"),
        [EventKinds.MessageReceived] = ("Пришло сообщение", "Message received"),
        [EventKinds.CallReceived] = ("Поступил звонок", "Call received"),
        [EventKinds.MailReceived] = ("Пришло письмо", "E-mail received"),
        [EventKinds.IncomingLead] = ("Новая заявка", "Incoming lead"),
        [EventKinds.Webhook] = ("Пришёл вебхук", "Webhook received"),
        [EventKinds.Manual] = ("Запуск вручную", "Started by hand"),
        [EventKinds.Schedule] = ("Расписание", "Schedule"),
        [EventKinds.DateDue] = ("Наступила дата", "A date came"),
        [EventKinds.Applied] = ("Триггер применён к текущим сделкам", "A trigger was applied to present deals"),
        [EventKinds.BookingCreated] = ("Создана запись", "Booking made"),
        [EventKinds.BookingChanged] = ("Изменилась запись", "Booking changed"),
        ["due"] = ("Наступил срок отложенного триггера", "A delayed trigger came due"),
    };

    private static readonly Dictionary<string, (string Ru, string En)> Quiets = new(StringComparer.Ordinal)
    {
        ["no_change"] = ("ничего не изменилось", "nothing changed"),
        ["first_seen"] = ("увидено впервые", "seen for the first time"),
        ["stale_event"] = ("событие старше известного", "older than what is known"),
        ["not_watched"] = ("за таким событием никто не следит", "nobody watches such events"),
    };

    private static readonly Dictionary<string, (string Ru, string En)> Fields = new(StringComparer.Ordinal)
    {
        [EntityFields.Name] = ("название", "name"),
        [EntityFields.Price] = ("бюджет", "price"),
        [EntityFields.ResponsibleId] = ("ответственный", "responsible"),
        [EntityFields.Tags] = ("теги", "tags"),
        [EntityFields.StageId] = ("этап", "stage"),
        [EntityFields.PipelineId] = ("воронка", "pipeline"),
        ["text"] = ("текст", "text"),
    };

    public string Say(string ru, string en) => english ? en : ru;

    public string Event(JObject facts)
    {
        if ((string?)facts["dead"] == DeadLetter.StandsBack) return Say("Событие ждёт: раньше по этой сделке был сбой, и она стоит, пока его не разберут", "The event waits: something of this deal failed before, and the deal stands still until that is settled");
        if ((string?)facts["dead"] is { } code && (Failures.FailureWords.Of(code, english) ?? code) is var dead) return Say($"Событие не обработано: {dead}", $"The event was given up: {dead}") + ((string?)facts["message"] is { } message ? $" ({message})" : "");
        var kind = (string?)facts["kind"] ?? "";
        var text = Kinds.TryGetValue(kind, out var words) ? Say(words.Ru, words.En) : kind;
        var (from, to) = ((string?)facts["from"], (string?)facts["to"]);
        if (to is not null && to != from) text += from is null ? $": «{Stage(to)}»" : $": «{Stage(from)}» → «{Stage(to)}»";
        var changes = Changes(facts).Where(change => change.Path is not (EntityFields.StageId or EntityFields.PipelineId)).Select(change => $"{change.Name}: {change.Old} → {change.New}").ToList();
        if (changes.Count > 0) text += "; " + string.Join("; ", changes);
        if ((string?)facts["quiet"] is { } quiet) text += $" ({(Quiets.TryGetValue(quiet, out var why) ? Say(why.Ru, why.En) : quiet)})";
        if (facts["causedBy"] is not null) text += Say(" (наше собственное изменение)", " (our own change)");
        return text;
    }

    public string Stage(string reference) => StageNames.Of(reference, document, directory);

    /// <summary>A verdict's reason.</summary>
    public string Reason(JToken verdict)
    {
        var words = VerdictTexts.Of((string?)verdict["reason"] ?? "", english ? "en" : "ru");
        if ((string?)(english ? verdict["message"] : verdict["messageRu"] ?? verdict["message"]) is { Length: > 0 } message) words += $": {message}";
        return words;
    }

    /// <summary>Reason and the values that were seen.</summary>
    public string ReasonWithValues(JToken verdict)
    {
        var seen = Seen(verdict).Where(one => one.Value is not ("—" or "")).Select(one => $"{Said(one.Path)} = {one.Value}").ToList();
        return seen.Count == 0 ? Reason(verdict) : $"{Reason(verdict)} [{string.Join("; ", seen)}]";
    }

    public IEnumerable<(string Path, string Value)> Seen(JToken verdict) => (verdict["seen"] as JArray ?? []).Select(one =>
    {
        var (path, value) = ((string?)one["path"] ?? "", one["value"]);
        var text = Value(path, value);
        return path switch
        {
            "stage" when value is JValue { Value: string stage } => (Say("этап", "stage"), Stage(stage)),
            "from" when value is JValue { Value: string stage } => (Say("был этап", "stage before"), Stage(stage)),
            "to" when value is JValue { Value: string stage } => (Say("стал этап", "stage after"), Stage(stage)),
            "event" when value is JValue { Value: string told } => (Say("событие", "event"), string.Join(", ", told.Split(", ").Select(Occurrence))),
            "changed" when value is JValue { Value: string paths } => (Say("изменилось", "changed"), string.Join(", ", paths.Split(", ").Select(Field))),
            DelayCounter.SeenCalendar => (Say("рабочий календарь", "working calendar"), text),
            DelayCounter.SeenMissingYear => (Say("в календаре нет года, считали без переносов выходных", "year that the calendar does not list, counted without moved days off"), text),
            "cycle" => (Say("цикл", "loop"), value?.ToString() ?? ""),
            "source" => (Say("источник", "source"), text),
            _ => (Named(Bare(path)), text),
        };
    });

    public IEnumerable<(string Path, string Name, string Old, string New)> Changes(JObject facts) =>
        (facts["changes"] as JObject ?? []).Properties().Select(change => (change.Name, Field(change.Name), Value(change.Name, change.Value["old"]), Value(change.Name, change.Value["new"])));

    // A formula writes a name with dots in brackets; a reader needs none.
    private static string Bare(string path) => path.StartsWith('[') && path.IndexOf(']', StringComparison.Ordinal) == path.Length - 1 ? path[1..^1] : path;

    // Kept by field id, shown by name.
    private string Named(string path) => FieldIds().Replace(path, found => Field(found.Value));

    [GeneratedRegex(@"\bcf\.\d+", RegexOptions.CultureInvariant)]
    private static partial Regex FieldIds();

    // As a line says it: fields of the deal by their names, signs as people write them.
    private string Said(string path) => DealFields().Replace(path, found => Fields.ContainsKey(found.Groups["field"].Value) ? Field(found.Groups["field"].Value) : found.Value)
        .Replace(">=", "≥", StringComparison.Ordinal).Replace("<=", "≤", StringComparison.Ordinal).Replace("!=", "≠", StringComparison.Ordinal);

    [GeneratedRegex(@"\[?\bdeal\.(?<field>[a-z_]+)\b\]?", RegexOptions.CultureInvariant)]
    private static partial Regex DealFields();

    private string Occurrence(string occurrence) => Quiets.TryGetValue(occurrence, out var quiet) ? Say(quiet.Ru, quiet.En) : TriggerWords.Event(occurrence, english);

    private string Field(string path) => NameOf(path, directory, english);

    /// <summary>What people call a field that is told by its path or its name in the CRM; what has no other name keeps its own.</summary>
    public static string NameOf(string path, CrmDirectory? directory, bool english)
    {
        if (Fields.TryGetValue(path, out var words)) return english ? words.En : words.Ru;
        var id = path.StartsWith("cf.", StringComparison.Ordinal) ? path[3..] : path;
        return directory?.Fields.FirstOrDefault(field => field.Id == id)?.Name ?? path;
    }

    private string Value(string path, JToken? value)
    {
        if (value is null or { Type: JTokenType.Null }) return "—";
        if (path == EntityFields.ResponsibleId && directory?.Users.FirstOrDefault(user => user.Id == value.ToString()) is { } user) return user.Name;
        var text = value switch
        {
            JArray list when list.All(item => item is JValue) => string.Join(", ", list),
            JValue { Value: bool yes } => yes ? Say("да", "yes") : Say("нет", "no"),
            JValue { Value: decimal number } => number.ToString("0.############################", CultureInfo.InvariantCulture),
            JValue plain => plain.ToString(CultureInfo.InvariantCulture),
            _ => value.ToString(Formatting.None),
        };
        return text.Length > LongestValue ? text[..LongestValue] + "…" : text;
    }
}
