using System.Globalization;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Api;

/// <summary>Documents of API v4 in the neutral form, equal to what hooks give for the same entity.</summary>
internal static class ApiEntities
{
    public static string? Text(JToken? token) => token switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: bool flag } => flag ? "1" : "0",
        JValue value => Convert.ToString(value.Value, CultureInfo.InvariantCulture),
        _ => token.ToString(Newtonsoft.Json.Formatting.None),
    };

    public static JObject Entity(JObject entity, TimeZoneInfo zone)
    {
        var data = new JObject();
        Neutral.Put(data, EntityFields.Id, Text(entity["id"]));
        Neutral.Put(data, EntityFields.Name, Text(entity["name"]));
        Neutral.Put(data, EntityFields.Price, Neutral.Number(Text(entity["price"])));
        Neutral.Put(data, EntityFields.PipelineId, Text(entity["pipeline_id"]));
        Neutral.Put(data, EntityFields.StageId, Text(entity["status_id"]));
        Neutral.Put(data, EntityFields.ResponsibleId, Text(entity["responsible_user_id"]));
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(Text(entity["created_at"])));
        Neutral.Put(data, EntityFields.UpdatedAt, Neutral.Date(Text(entity["updated_at"])));
        Neutral.Put(data, "created_by", Text(entity["created_by"]));
        Neutral.Put(data, "loss_reason_id", Text(entity["loss_reason_id"]));
        var embedded = entity["_embedded"] as JObject;
        if (Items(embedded?["tags"]) is { Count: > 0 } tags) data[EntityFields.Tags] = new JArray(tags.Select(tag => Text(tag["name"])).OfType<string>());
        var contacts = Items(embedded?["contacts"]);
        Neutral.Put(data, EntityFields.ContactId, Text((contacts.Find(contact => Text(contact["is_main"]) == "1") ?? contacts.FirstOrDefault())?["id"]));
        Neutral.Put(data, EntityFields.CompanyId, Text(Items(embedded?["companies"]).FirstOrDefault()?["id"]));
        if (Items(embedded?["leads"]) is { Count: > 0 } deals) data["deal_ids"] = new JArray(deals.Select(deal => Text(deal["id"])).OfType<string>());
        data[EntityFields.CustomFields] = new JObject();
        foreach (var field in Items(entity["custom_fields_values"])) Field(data, field, zone);
        return data;
    }

    public static JObject Task(JObject task)
    {
        var data = new JObject();
        Neutral.Put(data, EntityFields.Id, Text(task["id"]));
        Neutral.Put(data, "text", Text(task["text"]));
        Neutral.Put(data, "type_id", Text(task["task_type_id"]));
        Neutral.Put(data, "entity_type", Codes.EntityOfElement(Text(task["entity_type"])));
        Neutral.Put(data, "entity_id", Text(task["entity_id"]));
        Neutral.Put(data, EntityFields.ResponsibleId, Text(task["responsible_user_id"]));
        Neutral.Put(data, "due", Neutral.Date(Text(task["complete_till"])));
        data["done"] = Text(task["is_completed"]) == "1";
        Neutral.Put(data, "result", Text((task["result"] as JObject)?["text"]));
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(Text(task["created_at"])));
        Neutral.Put(data, EntityFields.UpdatedAt, Neutral.Date(Text(task["updated_at"])));
        return data;
    }

    public static CrmTask CrmTask(JObject task) => new(
        Text(task["id"]) ?? "", Text(task["text"]) ?? "", Text(task["task_type_id"]), Moment(task["complete_till"]), Text(task["responsible_user_id"]), Text(task["is_completed"]) == "1");

    public static CrmNote CrmNote(JObject note, IReadOnlyDictionary<string, string> userNames)
    {
        var details = note["params"] as JObject;
        var author = Text(note["created_by"]);
        var seconds = Neutral.Number(Text(details?["duration"]));
        return new(
            Text(note["id"]) ?? "", Codes.NoteKind(Text(note["note_type"])), Text(details?["text"]) ?? Text(details?["file_name"]),
            author, author is null ? null : userNames.GetValueOrDefault(author), Moment(note["created_at"]), Text(details?["phone"]),
            seconds is null ? null : (int)Math.Clamp((decimal)seconds, 0, int.MaxValue), Text(details?["link"]), Text(details?["file_uuid"]));
    }

    public static CrmField CrmField(string entityType, JObject field)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in Items(field["enums"]))
            if (Text(option["id"]) is { } id) options[id] = Text(option["value"]) ?? "";
        return new(entityType, Text(field["id"]) ?? "", Text(field["name"]) ?? "", Text(field["type"]) ?? "text", Text(field["code"]), options);
    }

    public static CrmPipeline CrmPipeline(JObject pipeline)
    {
        var id = Text(pipeline["id"]) ?? "";
        var stages = Items(pipeline["_embedded"]?["statuses"])
            .Select(stage => new CrmStage(
                id, Text(stage["id"]) ?? "", Text(stage["name"]) ?? "", Text(stage["color"]), Sort(stage),
                Text(stage["id"]) switch { Codes.Won => "won", Codes.Lost => "lost", _ => Text(stage["type"]) == "1" ? "incoming" : "ordinary" }))
            .OrderBy(stage => stage.Sort).ToList();
        return new(id, Text(pipeline["name"]) ?? "", Text(pipeline["is_main"]) == "1", stages);
    }

    /// <summary>An array, or the same as an object keyed by index.</summary>
    public static List<JObject> Items(JToken? token) => token switch
    {
        JArray list => [.. list.OfType<JObject>()],
        JObject map => [.. map.PropertyValues().OfType<JObject>()],
        _ => [],
    };

    public static int Sort(JObject item) => (int)Math.Clamp((decimal)(Neutral.Number(Text(item["sort"])) ?? 0m), int.MinValue, int.MaxValue);

    public static DateTimeOffset Moment(JToken? seconds) => Neutral.Moment(Text(seconds)) ?? DateTimeOffset.UnixEpoch;

    private static void Field(JObject data, JObject field, TimeZoneInfo zone)
    {
        var type = Text(field["field_type"]);
        var (values, enums) = (new List<string>(), new List<string>());
        foreach (var entry in Items(field["values"]))
        {
            values.Add(Value(type, Text(entry["value"]) ?? "", zone));
            if (Text(entry["enum_id"]) is { } choice) enums.Add(choice);
        }
        if (Text(field["field_id"]) is { } id) Neutral.AddField(data, id, Text(field["field_name"]), Text(field["field_code"]), values, enums);
    }

    /// <summary>Hooks tell a birthday as a day and other dates as unix seconds; so do we for both.</summary>
    private static string Value(string? type, string value, TimeZoneInfo zone) => type switch
    {
        "birthday" when Neutral.Moment(value) is { } day => TimeZoneInfo.ConvertTime(day, zone).ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
        "date" or "date_time" => Neutral.Date(value) ?? "",
        _ => value,
    };
}
