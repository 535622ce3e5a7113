using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Hooks;

/// <summary>Makes events of one body: account hooks and pipeline hooks, which differ only in how much they tell.</summary>
internal sealed class HookEvents(HookBody body, string accountId)
{
    private static readonly HashSet<string> NotEntities = ["account", "account_id", "subdomain", "event", "action"];

    public List<CrmEvent> All()
    {
        var events = new List<CrmEvent>();
        foreach (var (top, node) in body.Root.Entries())
        {
            if (NotEntities.Contains(top)) continue;
            foreach (var (entity, action, item) in Items(top, node)) events.Add(One(entity, action, item));
        }
        return events;
    }

    /// <summary>What a widget in the Digital Pipeline is sent.</summary>
    public CrmEvent Widget(HookNode told)
    {
        var data = told["data"] ?? new HookNode();
        var type = told.Text(["type"]);
        var entity = Codes.EntityOfElement(data.Text(["element_type"])) ?? (type is "20" or "21" or "22" ? EntityTypes.Customer : EntityTypes.Deal);
        var left = data.Text("direction_of_movement") == "went_from_trigger";
        var kind = type switch
        {
            "1" or "20" => EventKinds.Created,
            "14" or "15" when !left => EventKinds.StageChanged,
            "16" => EventKinds.MailReceived,
            "17" => EventKinds.CallReceived,
            "18" => EventKinds.SiteVisited,
            "19" => EventKinds.MessageReceived,
            _ => EventKinds.Updated,
        };

        // Which stage a lead that left is in is not told: what the hook names is the range it came from.
        var neutral = left ? new JObject { [EntityFields.Id] = data.Text("id") } : HookItems.Entity(data, complete: false);
        Neutral.Put(neutral, "direction", data.Text("direction_of_movement"));
        if (body.Root["action"] is { HasChildren: true } action) neutral["widget"] = (action["settings"]?["widget"]?["settings"] ?? action).ToJson();
        return Finish(kind, entity, data.Text("id") ?? "", "widget-" + type, told, neutral) with { SourceTime = Neutral.Moment(told.Text("time")), DedupWithinWindow = told.Text(["time"]) is null };
    }

    /// <summary>A bot asks for something and waits at the return address. Its token proves nothing without its key and is not kept.</summary>
    public CrmEvent Salesbot(JObject? claims)
    {
        var root = body.Root;
        var entity = Codes.EntityOfElement((string?)claims?["entity_type"]);
        var id = (string?)claims?["entity_id"];
        var data = new JObject { ["source"] = "salesbot", ["return_url"] = root.Text("return_url") };
        if (root["data"] is { } inner) data["data"] = inner.ToJson();
        var key = Key("salesbot", "request", id ?? "", root);
        return new CrmEvent
        {
            Kind = EventKinds.Webhook,
            EntityType = id is null ? EntityTypes.Webhook : entity ?? EntityTypes.Webhook,
            EntityId = id ?? key,
            Data = data,
            DedupKey = key,
            Sanitized = body.Sanitized,
        };
    }

    private static IEnumerable<(string Entity, string Action, HookNode Item)> Items(string top, HookNode node)
    {
        // Some receivers saw incoming chat messages without their first name: add[0][…].
        if (top is "add" && node.IsList)
        {
            foreach (var (_, item) in node.Entries()) yield return ("message", "add", item);
            yield break;
        }
        foreach (var (action, list) in node.Entries())
            foreach (var item in Unwrap(list, 0)) yield return (top, action, item);
    }

    /// <summary>The items of a list; one more level of indices than promised is tolerated.</summary>
    private static IEnumerable<HookNode> Unwrap(HookNode list, int level) =>
        list.IsList && level < 3 ? list.Entries().SelectMany(entry => Unwrap(entry.Value, level + 1)) : list.HasChildren ? [list] : [];

    private CrmEvent One(string top, string action, HookNode item) => (top, action) switch
    {
        ("leads" or "contacts" or "companies" or "customers", "note") => Note(top, item["note"] ?? item),
        ("leads" or "contacts" or "companies" or "customers", _) => Entity(top, action, item),
        ("task", _) => Task(action, item),
        ("message" or "outgoing_message", _) => Message(top, action, item),
        ("talk", _) => Talk(action, item),
        ("unsorted", _) => Unsorted(action, item),
        _ => Other(top, action, item),
    };

    private CrmEvent Entity(string top, string action, HookNode item)
    {
        var type = top == "contacts" && item.Text("type") == "company" ? EntityTypes.Company : Codes.EntityOfElement(top)!;
        var complete = item["name"] is not null || item["created_at"] is not null || item["date_create"] is not null;
        var kind = action switch
        {
            "add" => EventKinds.Created,
            "update" => item["old_responsible_user_id"] is null ? EventKinds.Updated : EventKinds.ResponsibleChanged,
            "delete" => EventKinds.Deleted,
            "restore" => EventKinds.Restored,
            "status" => EventKinds.StageChanged,
            "responsible" => EventKinds.ResponsibleChanged,
            "mail_in" => EventKinds.MailReceived,
            "call_in" => EventKinds.CallReceived,
            "chat" => EventKinds.MessageReceived,
            "site_visit" => EventKinds.SiteVisited,
            "period" => EventKinds.Updated,
            _ => null,
        };
        if (kind is null || item.Text(["id"]) is not { } id) return Other(top, action, item);
        var data = HookItems.Entity(item, complete);
        return Finish(kind, type, id, action, item, data) with
        {
            Complete = complete,
            Old = Old(item, ("old_status_id", EntityFields.StageId), ("old_pipeline_id", EntityFields.PipelineId), ("old_responsible_user_id", EntityFields.ResponsibleId)),
            CausedBy = kind == EventKinds.Created ? AutomationKey(data) : null,
        };
    }

    private CrmEvent Note(string top, HookNode note)
    {
        var type = Codes.EntityOfElement(note.Text(["element_type"])) ?? Codes.EntityOfElement(top)!;
        if (note.Text(["element_id"]) is not { } id) return Other(top, "note", note);
        var data = HookItems.Note(note);
        return Finish((string?)data["kind"] == "call_in" ? EventKinds.CallReceived : EventKinds.NoteAdded, type, id, "note", note, data) with { Complete = true };
    }

    private CrmEvent Task(string action, HookNode item)
    {
        var kind = action switch
        {
            "add" => EventKinds.Created,
            "update" when item["old_responsible_user_id"] is not null => EventKinds.ResponsibleChanged,
            "update" => EventKinds.Updated,
            "delete" => EventKinds.Deleted,
            _ => null,
        };
        if (kind is null || item.Text(["id"]) is not { } id) return Other("task", action, item);
        return Finish(kind, EntityTypes.Task, id, action, item, HookItems.Task(item)) with
        {
            Complete = item["text"] is not null,
            Old = Old(item, ("old_text", "text"), ("old_responsible_user_id", EntityFields.ResponsibleId)),
        };
    }

    private CrmEvent Message(string top, string action, HookNode item)
    {
        if (action != "add" || HookItems.Attached(item) is not var (type, id)) return Other(top, action, item);
        var kind = top == "outgoing_message" || item.Text("type") == "outgoing" ? EventKinds.MessageSent : EventKinds.MessageReceived;
        return Finish(kind, type, id, top + action, item, HookItems.Message(item)) with { Complete = true, ActorId = item["author"]?.Text("user_id") };
    }

    private CrmEvent Talk(string action, HookNode item) =>
        HookItems.Attached(item) is var (type, id)
            ? Finish(EventKinds.TalkChanged, type, id, "talk" + action, item, HookItems.Talk(item)) with { Complete = true }
            : Other("talk", action, item);

    private CrmEvent Unsorted(string action, HookNode item)
    {
        var kind = (action, item.Text("action")) switch
        {
            ("add", _) => EventKinds.IncomingLead,
            ("update", _) => EventKinds.Updated,
            ("delete", "accept") => EventKinds.IncomingLeadAccepted,
            ("delete", "decline") => EventKinds.IncomingLeadDeclined,
            ("delete", _) => EventKinds.Deleted,
            _ => null,
        };
        if (kind is null || item.Text(["uid"]) is not { } uid) return Other("unsorted", action, item);
        return Finish(kind, EntityTypes.Unsorted, uid, action, item, HookItems.Unsorted(item)) with { Complete = action == "add" };
    }

    /// <summary>What we have no word for is kept whole: the list of hooks is open.</summary>
    private CrmEvent Other(string top, string action, HookNode item)
    {
        var key = Key(top, action, item.Text("id") ?? "", item);
        return new CrmEvent
        {
            Kind = EventKinds.Webhook,
            EntityType = EntityTypes.Webhook,
            EntityId = item.Text(["id", "uid"]) is { } id ? $"{top}/{id}" : key,
            Data = new JObject { ["entity"] = top, ["action"] = action, ["item"] = item.ToJson() },
            SourceTime = Time(item),
            DedupKey = key,
            DedupWithinWindow = Time(item) is null,
            Sanitized = body.Sanitized,
        };
    }

    private CrmEvent Finish(string kind, string entityType, string entityId, string action, HookNode item, JObject data)
    {
        var time = Time(item);
        return new CrmEvent
        {
            Kind = kind,
            EntityType = entityType,
            EntityId = entityId,
            Data = data,
            SourceTime = time,
            DedupKey = Key(entityType, action, entityId, item),
            DedupWithinWindow = time is null,
            ActorId = item.Text(["modified_user_id", "modified_by"]) ?? (action is "add" or "note" ? item.Text(["created_user_id", "created_by"]) : null),
            Sanitized = body.Sanitized,
        };
    }

    private static DateTimeOffset? Time(HookNode item) => Neutral.Moment(item.Text(["updated_at", "last_modified", "created_at"]));

    private static JObject Old(HookNode item, params ReadOnlySpan<(string Wire, string Neutral)> names)
    {
        var old = new JObject();
        foreach (var (wire, neutral) in names) Neutral.Put(old, neutral, item.Text(wire));
        return old;
    }

    private static string? AutomationKey(JObject data) =>
        ((JObject?)data[EntityFields.CustomFields])?.PropertyValues().FirstOrDefault(field => (string?)field["code"] == Codes.AutomationKey)?["value"] is JValue { Value: string { Length: > 0 } key } ? key : null;

    /// <summary>R2: account, entity, action, id, update time and sorted pairs.</summary>
    private string Key(string entity, string action, string id, HookNode item)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { accountId, entity, action, id, Time(item)?.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "" }.Concat(item.SortedPairs()))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
