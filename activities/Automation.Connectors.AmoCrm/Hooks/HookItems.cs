using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Hooks;

/// <summary>Turns the items of a hook into the neutral form. Absent keys stay absent; nothing here throws.</summary>
internal static class HookItems
{
    /// <summary>A deal, contact, company or customer.</summary>
    public static JObject Entity(HookNode item, bool complete)
    {
        var data = new JObject();
        Neutral.Put(data, EntityFields.Id, item.Text("id"));
        Neutral.Put(data, EntityFields.Name, item.Text("name"));
        Neutral.Put(data, EntityFields.Price, Neutral.Number(item.Text("price")));
        Neutral.Put(data, EntityFields.PipelineId, item.Text("pipeline_id"));
        Neutral.Put(data, EntityFields.StageId, item.Text("status_id"));
        Neutral.Put(data, EntityFields.ResponsibleId, item.Text("responsible_user_id"));
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(item.Text(["created_at", "date_create"])));
        Neutral.Put(data, EntityFields.UpdatedAt, Neutral.Date(item.Text(["updated_at", "last_modified"])));
        Neutral.Put(data, EntityFields.CompanyId, item.Text(["linked_company_id", "company_id"]));
        Neutral.Put(data, "created_by", item.Text(["created_user_id", "created_by"]));
        Neutral.Put(data, "loss_reason_id", item.Text(["loss_reason_id"]));
        if (item["tags"] is { HasChildren: true } tags)
            data[EntityFields.Tags] = new JArray(tags.Entries().Select(tag => tag.Value.Text("name") ?? tag.Value.Value).OfType<string>());
        if (item["linked_leads_id"] is { HasChildren: true } links)
            data["deal_ids"] = new JArray(links.Entries().Select(link => link.Value.Text("ID") ?? link.Value.Value ?? link.Key));
        if (complete) data[EntityFields.CustomFields] = new JObject();
        Fields(item["custom_fields"], data);
        return data;
    }

    public static JObject Task(HookNode item)
    {
        var data = new JObject();
        Neutral.Put(data, EntityFields.Id, item.Text("id"));
        Neutral.Put(data, "text", item.Text("text"));
        Neutral.Put(data, "type_id", item.Text(["task_type", "task_type_id"]));
        Neutral.Put(data, "entity_type", Codes.EntityOfElement(item.Text(["element_type", "entity_type"])));
        Neutral.Put(data, "entity_id", item.Text(["element_id", "entity_id"]));
        Neutral.Put(data, EntityFields.ResponsibleId, item.Text("responsible_user_id"));
        Neutral.Put(data, "due", Neutral.Date(item.Text("complete_before")));
        if (item.Text("status") is { } status) data["done"] = status == "1";
        Neutral.Put(data, "result", item["result"]?.Text("text"));
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(item.Text("created_at")));
        Neutral.Put(data, EntityFields.UpdatedAt, Neutral.Date(item.Text("updated_at")));
        return data;
    }

    public static JObject Note(HookNode note)
    {
        var kind = Codes.NoteKind(note.Text("note_type"));
        var data = new JObject { ["kind"] = kind };
        Neutral.Put(data, EntityFields.Id, note.Text("id"));
        Neutral.Put(data, "text", note.Text("text"));
        Neutral.Put(data, "author_id", note.Text("created_by"));
        Neutral.Put(data, "author_name", (string?)(Json(note.Text("metadata"))?["event_source"] as JObject)?["author_name"]);
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(note.Text("created_at")));
        Neutral.Put(data, EntityFields.ResponsibleId, note.Text("main_user_id"));
        if (note.Text(["attachement", "attachment"]) is { } file) data["file"] = file;
        if (kind is "call_in" or "call_out" or "sms_in" or "sms_out" && Json(note.Text("text")) is { } call) Call(data, call);
        return data;
    }

    public static JObject Message(HookNode item)
    {
        var data = new JObject();
        foreach (var name in new[] { "id", "chat_id", "talk_id", "contact_id", "text", "message_type", "origin" }) Neutral.Put(data, name, item.Text(name));
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(item.Text("created_at")));
        foreach (var name in new[] { "author", "recipient", "attachment" })
            if (item[name] is { HasChildren: true } part) data[name] = part.ToJson();
        return data;
    }

    public static JObject Talk(HookNode item)
    {
        var data = new JObject();
        foreach (var name in new[] { "talk_id", "chat_id", "contact_id", "origin", "rate" }) Neutral.Put(data, name, item.Text(name));
        if (item.Text("is_in_work") is { } open) data["open"] = open == "1";
        if (item.Text("is_read") is { } read) data["read"] = read == "1";
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(item.Text("created_at")));
        Neutral.Put(data, EntityFields.UpdatedAt, Neutral.Date(item.Text("updated_at")));
        return data;
    }

    public static JObject Unsorted(HookNode item)
    {
        var data = new JObject();
        foreach (var name in new[] { "uid", "category", "pipeline_id", "source_id" }) Neutral.Put(data, name, item.Text(name));
        Neutral.Put(data, EntityFields.CreatedAt, Neutral.Date(item.Text("created_at")));
        var results = item["accept_result"] ?? item["decline_result"];
        Neutral.Put(data, "lead_id", item.Text("lead_id") ?? results?["leads"]?.Entries().FirstOrDefault().Value?.Value);
        Neutral.Put(data, "contact_id", results?["contacts"]?.Entries().FirstOrDefault().Value?.Value);
        if (item["source_data"] is { HasChildren: true } source) data["source_data"] = source.ToJson();
        if (item["data"] is { HasChildren: true } inner) data["data"] = inner.ToJson();
        return data;
    }

    public static bool IsMessage(HookNode item) => item["chat_id"] is not null || item["author"] is not null;

    /// <summary>The deal (or other entity) that a message or talk hangs on; the contact when it hangs on none.</summary>
    public static (string Type, string Id)? Attached(HookNode item)
    {
        var type = Codes.EntityOfElement(item.Text(["entity_type", "element_type"]));
        var id = item.Text(["entity_id", "element_id"]);
        if (type is not null && id is not null and not "0") return (type, id);
        return item.Text(["contact_id"]) is { } contact ? (EntityTypes.Contact, contact) : null;
    }

    private static void Fields(HookNode? fields, JObject data)
    {
        foreach (var (index, field) in fields?.Entries() ?? [])
        {
            if (!field.HasChildren) continue;
            var (values, enums) = Values(field["values"]);
            Neutral.AddField(data, field.Text("id") ?? index, field.Text("name"), field.Text(["code"]), values, enums);
        }
    }

    private static (List<string> Values, List<string> Enums) Values(HookNode? node)
    {
        var (values, enums) = (new List<string>(), new List<string>());
        if (node is null) return (values, enums);
        if (node["value"] is not null || node["enum"] is not null) Take(node);
        else if (!node.HasChildren && node.Value is not null) Take(node);
        else foreach (var (_, entry) in node.Entries()) Take(entry);
        return (values, enums);

        void Take(HookNode entry)
        {
            // A value without a name is a date's unix seconds.
            if (entry.HasChildren) values.Add(entry.Text("value") ?? entry["value"]?.ToJson().ToString(Formatting.None) ?? "");
            else values.Add(Neutral.Date(entry.Value) ?? "");
            if (entry.Text(["enum", "enum_id"]) is { } choice) enums.Add(choice);
        }
    }

    private static void Call(JObject data, JObject call)
    {
        string? Of(string name) => call.GetValue(name, StringComparison.OrdinalIgnoreCase) is JValue { Value: not null } value ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        Neutral.Put(data, "phone", Of("PHONE"));
        Neutral.Put(data, "link", Of("LINK"));
        Neutral.Put(data, "duration_seconds", Neutral.Number(Of("DURATION")));
        Neutral.Put(data, "text", Of("TEXT"));
    }

    private static JObject? Json(string? text)
    {
        if (text is not ['{', ..]) return null;
        try
        {
            using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 16 };
            return JObject.Load(reader);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
