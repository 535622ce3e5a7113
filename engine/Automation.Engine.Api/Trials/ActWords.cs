using System.Globalization;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Trials;

/// <summary>Says what an effect would have done.</summary>
internal sealed class ActWords(bool english, FunnelDocument document, CrmDirectory? directory, TimeZoneInfo zone)
{
    private const int LongestText = 400;

    private static readonly Dictionary<string, (string Ru, string En)> Entities = new(StringComparer.Ordinal)
    {
        ["deal"] = ("сделку", "deal"),
        ["contact"] = ("контакт", "contact"),
        ["company"] = ("компанию", "company"),
    };

    public string Of(string act, JObject shown, string summary) => act switch
    {
        TrialActs.Sms => Say($"Отправил бы SMS на {Text(shown["phone"])}: «{Text(shown["text"])}»", $"Would send an SMS to {Text(shown["phone"])}: “{Text(shown["text"])}”"),
        TrialActs.Email => Say($"Отправил бы письмо на {Text(shown["to"])}: «{Text(shown["subject"])}»", $"Would send an e-mail to {Text(shown["to"])}: “{Text(shown["subject"])}”") + More(shown["text"]),
        TrialActs.Http => Say($"Отправил бы запрос {Text(shown["method"])} {Text(shown["url"])}", $"Would send {Text(shown["method"])} {Text(shown["url"])}") + More(shown["body"]),
        TrialActs.Note => Say("Добавил бы примечание: ", "Would add a note: ") + string.Join("; ", Items(shown["texts"]).Select(Text)),
        TrialActs.Task => Say("Поставил бы задачу: ", "Would set a task: ") + string.Join("; ", Items(shown["tasks"]).Select(Task)),
        TrialActs.TaskChange => Say($"Изменил бы задачи: {Items(shown["tasks"]).Count}", $"Would change tasks: {Items(shown["tasks"]).Count}"),
        TrialActs.Files => Say($"Прикрепил бы файлы: {Items(shown["fileIds"]).Count}", $"Would attach files: {Items(shown["fileIds"]).Count}"),
        TrialActs.Deal => Say($"Создал бы сделку «{Text(shown["name"])}» на этапе «{Stage(shown)}»", $"Would create the deal “{Text(shown["name"])}” in “{Stage(shown)}”"),
        TrialActs.Contact => Say($"Создал бы контакт «{Text(shown["name"])}»", $"Would create the contact “{Text(shown["name"])}”"),
        TrialActs.Change => Change(shown),
        TrialActs.Booking => (Text(shown["VisitId"]).Length > 0 ? Say("Изменил бы визит", "Would change the visit") : Say("Записал бы на визит", "Would book a visit")) + (Moment(shown["Start"]) is { Length: > 0 } at ? $": {at}" : ""),
        TrialActs.Workflow => Say($"Запустил бы сценарий {Text(shown["definition"])}", $"Would start the workflow {Text(shown["definition"])}"),
        TrialActs.Event => Say($"Опубликовал бы событие «{Text(shown["name"])}»", $"Would publish the event “{Text(shown["name"])}”"),
        _ => Say($"Выполнил бы: {summary}", $"Would do: {summary}"),
    };

    private string Change(JObject shown)
    {
        var (type, id) = (Text(shown["entityType"]), Text(shown["entityId"]));
        var what = Entities.TryGetValue(type, out var words) ? Say(words.Ru, words.En) : type;
        return Say($"Изменил бы {what} № {id}: ", $"Would change {what} № {id}: ") + string.Join("; ", Changes(shown));
    }

    private IEnumerable<string> Changes(JObject shown)
    {
        if (shown["stageId"] is not null) yield return $"{Say("этап", "stage")} → «{Stage(shown)}»";
        if (shown["name"] is { } name) yield return $"{Say("название", "name")} → {Text(name)}";
        if (shown["price"] is { } price) yield return $"{Say("бюджет", "price")} → {Text(price)}";
        if (shown["responsibleId"] is { } user) yield return $"{Say("ответственный", "responsible")} → {User(Text(user))}";
        if (shown["addTags"] is { } added) yield return $"{Say("теги +", "tags +")} {string.Join(", ", Items(added).Select(Text))}";
        if (shown["removeTags"] is { } removed) yield return $"{Say("теги −", "tags −")} {string.Join(", ", Items(removed).Select(Text))}";
        foreach (var (field, value) in shown["fields"] as JObject ?? []) yield return $"{Field(field)} → {(value is JArray list ? string.Join(", ", list.Select(Text)) : Text(value))}";
    }

    private string Task(JToken task)
    {
        var more = new[] { Moment(task["due"]), Text(task["responsibleId"]) is { Length: > 0 } user ? User(user) : "" }.Where(part => part.Length > 0).ToList();
        return $"«{Text(task["text"])}»" + (more.Count == 0 ? "" : $" ({string.Join(", ", more)})");
    }

    private string Stage(JObject shown) => StageNames.Of($"{Text(shown["pipelineId"])}/{Text(shown["stageId"])}", document, directory);

    private string User(string id) => directory?.Users.FirstOrDefault(user => user.Id == id)?.Name ?? id;

    private string Field(string id) => directory?.Fields.FirstOrDefault(field => field.Id == id)?.Name ?? (id == EntityFields.Price ? Say("бюджет", "price") : id);

    private string Moment(JToken? value) =>
        DateTimeOffset.TryParse(Text(value), CultureInfo.InvariantCulture, out var at) ? TimeZoneInfo.ConvertTime(at, zone).ToString(english ? "d MMM yyyy HH:mm" : "d MMM yyyy, HH:mm", CultureInfo.GetCultureInfo(english ? "en-GB" : "ru-RU")) : "";

    private string Say(string ru, string en) => english ? en : ru;

    private static List<JToken> Items(JToken? list) => [.. list as JArray ?? []];

    private static string More(JToken? text) => Text(text) is { Length: > 0 } more ? $" — {more}" : "";

    private static string Text(JToken? value)
    {
        var text = value switch
        {
            null or { Type: JTokenType.Null } => "",
            JValue { Value: decimal number } => number.ToString("0.############################", CultureInfo.InvariantCulture),
            JValue { Value: DateTimeOffset at } => at.ToString("O", CultureInfo.InvariantCulture),
            JValue plain => plain.ToString(CultureInfo.InvariantCulture),
            _ => value.ToString(Newtonsoft.Json.Formatting.None),
        };
        return text.Length > LongestText ? text[..LongestText] + "…" : text;
    }
}
