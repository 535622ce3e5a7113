using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>Records as REST v4 shows them.</summary>
internal static class AmoJson
{
    public static JObject Entity(AmoRequest request, AmoEntity entity)
    {
        var json = entity.Kind == AmoKind.Leads ? Deal(entity) : Person(entity);
        json["custom_fields_values"] = FieldValues(request.State, entity);
        json["closest_task_at"] = request.State.Tasks.Values
            .Where(task => task.Entity == entity.Kind && task.EntityId == entity.Id && !task.IsCompleted)
            .Min(task => (long?)task.CompleteTill);
        json["account_id"] = request.Amo.Options.AccountId;
        json["_links"] = Self(request, $"{entity.Kind.Path()}/{entity.Id}");
        var linked = request.State.LinkedTo(entity.Kind, entity.Id).ToList();
        var embedded = new JObject
        {
            ["tags"] = new JArray(entity.Tags.Select(Tag)),
            ["companies"] = new JArray(linked.Where(link => link.Kind == AmoKind.Companies).Select(link => Stub(request, link))),
        };
        if (entity.Kind != AmoKind.Contacts && request.Query.With("contacts"))
            embedded["contacts"] = new JArray(linked.Where(link => link.Kind == AmoKind.Contacts).Select(link => Stub(request, link)));
        if (entity.Kind != AmoKind.Leads && request.Query.With("leads"))
            embedded["leads"] = new JArray(linked.Where(link => link.Kind == AmoKind.Leads).Select(link => Stub(request, link)));
        if (entity.Kind == AmoKind.Companies)
            embedded.Remove("companies");
        json["_embedded"] = embedded;
        return json;
    }

    public static JObject Tag(AmoTag tag) => new() { ["id"] = tag.Id, ["name"] = tag.Name, ["color"] = tag.Color };

    public static JObject Note(AmoRequest request, AmoNote note) => new()
    {
        ["id"] = note.Id,
        ["entity_id"] = note.EntityId,
        ["created_by"] = note.CreatedBy,
        ["updated_by"] = note.UpdatedBy,
        ["created_at"] = note.CreatedAt,
        ["updated_at"] = note.UpdatedAt,
        ["responsible_user_id"] = note.ResponsibleUserId,
        ["group_id"] = 0,
        ["note_type"] = note.Type,
        ["params"] = note.Params.DeepClone(),
        ["account_id"] = request.Amo.Options.AccountId,
        ["_links"] = Self(request, $"{note.Entity.Path()}/notes/{note.Id}"),
    };

    public static JObject Task(AmoRequest request, AmoTask task) => new()
    {
        ["id"] = task.Id,
        ["created_by"] = task.CreatedBy,
        ["updated_by"] = task.UpdatedBy,
        ["created_at"] = task.CreatedAt,
        ["updated_at"] = task.UpdatedAt,
        ["responsible_user_id"] = task.ResponsibleUserId,
        ["group_id"] = 0,
        ["entity_id"] = task.Entity is null ? null : task.EntityId,
        ["entity_type"] = task.Entity?.Path(),
        ["duration"] = task.Duration,
        ["is_completed"] = task.IsCompleted,
        ["task_type_id"] = task.TaskTypeId,
        ["text"] = task.Text,
        ["result"] = task.Result is null ? new JArray() : new JObject { ["text"] = task.Result },  // the vendor's own mix
        ["complete_till"] = task.CompleteTill,
        ["account_id"] = request.Amo.Options.AccountId,
        ["_links"] = Self(request, $"tasks/{task.Id}"),
    };

    public static JObject Self(AmoRequest request, string path) =>
        new() { ["self"] = new JObject { ["href"] = $"{request.BaseUrl}/api/v4/{path}" } };

    private static JObject Deal(AmoEntity deal) => new()
    {
        ["id"] = deal.Id,
        ["name"] = deal.Name,
        ["price"] = deal.Price,
        ["responsible_user_id"] = deal.ResponsibleUserId,
        ["group_id"] = 0,
        ["status_id"] = deal.StatusId,
        ["pipeline_id"] = deal.PipelineId,
        ["loss_reason_id"] = deal.LossReasonId,
        ["created_by"] = deal.CreatedBy,
        ["updated_by"] = deal.UpdatedBy,
        ["created_at"] = deal.CreatedAt,
        ["updated_at"] = deal.UpdatedAt,
        ["closed_at"] = deal.ClosedAt,
        ["is_deleted"] = deal.IsDeleted,
        ["score"] = null,
        ["labor_cost"] = null,
        ["is_price_computed"] = false,
    };

    private static JObject Person(AmoEntity person)
    {
        var json = new JObject { ["id"] = person.Id, ["name"] = person.Name };
        if (person.Kind == AmoKind.Contacts)
        {
            json["first_name"] = person.FirstName ?? "";
            json["last_name"] = person.LastName ?? "";
        }
        json["responsible_user_id"] = person.ResponsibleUserId;
        json["group_id"] = 0;
        json["created_by"] = person.CreatedBy;
        json["updated_by"] = person.UpdatedBy;
        json["created_at"] = person.CreatedAt;
        json["updated_at"] = person.UpdatedAt;
        json["is_deleted"] = person.IsDeleted;
        if (person.Kind == AmoKind.Contacts)
            json["is_unsorted"] = false;
        return json;
    }

    private static JToken FieldValues(AmoState state, AmoEntity entity)
    {
        if (entity.Fields.IsEmpty)
            return JValue.CreateNull();
        return new JArray(entity.Fields
            .Select(pair => (Field: state.Field(entity.Kind, pair.Key), Values: pair.Value))
            .Where(pair => pair.Field is not null)
            .Select(pair => new JObject
            {
                ["field_id"] = pair.Field!.Id,
                ["field_name"] = pair.Field.Name,
                ["field_code"] = pair.Field.Code,
                ["field_type"] = pair.Field.Type,
                ["values"] = new JArray(pair.Values.Select(value => Value(pair.Field, value))),
            }));
    }

    private static JObject Value(AmoField field, AmoValue value)
    {
        var json = new JObject { ["value"] = value.Value.DeepClone() };
        if (field.Enums.Length > 0)
        {
            json["enum_id"] = value.EnumId;
            json["enum_code"] = value.EnumCode;
        }
        return json;
    }

    private static JObject Stub(AmoRequest request, (AmoKind Kind, long Id, bool IsMain) link)
    {
        var json = new JObject { ["id"] = link.Id };
        if (link.Kind == AmoKind.Contacts)
            json["is_main"] = link.IsMain;
        json["_links"] = Self(request, $"{link.Kind.Path()}/{link.Id}");
        return json;
    }
}
