using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>Tasks and notes.</summary>
internal static class AmoWorkApi
{
    public static void Map(AmoRoutes routes)
    {
        routes.Get("/tasks", ListTasks);
        routes.Post("/tasks", AddTasks);
        routes.Patch("/tasks", request => request.Written("tasks", ChangeTasks(request, request.Items())));
        routes.Get("/tasks/{id:long}", request => request.State.Tasks.TryGetValue(request.Id, out var task)
            ? AmoRequest.Hal(AmoJson.Task(request, task)) : AmoRequest.NoContent);
        routes.Patch("/tasks/{id:long}", ChangeTask);
        foreach (var kind in AmoKinds.All)
        {
            var path = "/" + kind.Path();
            routes.Get(path + "/notes", request => ListNotes(request, kind, null));
            routes.Post(path + "/notes", request => AddNotes(request, kind, null));
            routes.Patch(path + "/notes", request => ChangeNotes(request, kind));
            routes.Get(path + "/{id:long}/notes", request => ListNotes(request, kind, request.Id));
            routes.Post(path + "/{id:long}/notes", request => AddNotes(request, kind, request.Id));
            routes.Patch(path + "/{id:long}/notes", request => ChangeNotes(request, kind));
            foreach (var single in new[] { path + "/notes/{id:long}", path + "/{entity:long}/notes/{id:long}" })
            {
                routes.Get(single, request => request.State.Notes.TryGetValue(request.Id, out var note) && note.Entity == kind
                    ? AmoRequest.Hal(AmoJson.Note(request, note)) : AmoRequest.NoContent);
                routes.Patch(single, request => AmoRequest.Hal(ChangedNote(request, kind, request.Id, request.Item())));
            }
        }
    }

    private static Answer ListTasks(AmoRequest request)
    {
        var query = request.Query;
        var found = request.State.Tasks.Values.Where(task => query.Allows("filter[id]", task.Id)
            && query.Allows("filter[responsible_user_id]", task.ResponsibleUserId)
            && query.Allows("filter[is_completed]", task.IsCompleted ? 1 : 0)
            && query.Allows("filter[task_type]", task.TaskTypeId)
            && query.Allows("filter[entity_type]", task.Entity?.Path() ?? "")
            && query.Allows("filter[entity_id]", task.EntityId)
            && query.AllowsRange("filter[updated_at]", task.UpdatedAt));
        var ordered = query.Order() switch
        {
            ("complete_till", var down) => down ? found.OrderByDescending(task => task.CompleteTill) : found.OrderBy(task => task.CompleteTill),
            ("created_at", var down) => down ? found.OrderByDescending(task => task.CreatedAt) : found.OrderBy(task => task.CreatedAt),
            (_, true) => found.OrderByDescending(task => task.Id),
            _ => found,
        };
        return request.Page("tasks", ordered.Select(task => AmoJson.Task(request, task)));
    }

    private static Answer AddTasks(AmoRequest request)
    {
        var planned = request.Items().Select((item, i) =>
        {
            var requestId = AmoWrite.RequestId(item, i);
            foreach (var needed in new[] { "text", "complete_till" })
                if (item[needed] is null or { Type: JTokenType.Null })
                    throw new AmoInvalidException(requestId, "FieldMissing", needed, "This field is missing.");
            return (RequestId: requestId, By: (long?)item["created_by"], Task: Apply(request, new AmoTask(0, "", 0), item, requestId));
        }).ToList();
        return request.Written("tasks", planned.Select(plan =>
        {
            var task = request.Amo.AddTask(plan.Task, plan.By ?? request.Actor);
            return new JObject { ["id"] = task.Id, ["request_id"] = plan.RequestId, ["_links"] = AmoJson.Self(request, $"tasks/{task.Id}") };
        }).ToList());
    }

    private static Answer ChangeTask(AmoRequest request)
    {
        if (!request.State.Tasks.ContainsKey(request.Id))
            return AmoProblem.Of(404, "Entity not found");
        var item = (JObject)request.Item().DeepClone();
        item["id"] = request.Id;
        return AmoRequest.Hal(ChangeTasks(request, [item]).Single());
    }

    private static List<JObject> ChangeTasks(AmoRequest request, IReadOnlyList<JObject> items)
    {
        var planned = items.Select((item, i) =>
        {
            var requestId = AmoWrite.RequestId(item, i);
            return request.State.Tasks.TryGetValue((long?)item["id"] ?? 0, out var before)
                ? (Item: item, RequestId: requestId, After: Apply(request, before, item, requestId))
                : throw new AmoInvalidException(requestId, "NotFound", "id", "Entity not found");
        }).ToList();
        return [.. planned.Select(plan =>
        {
            var task = request.Amo.ChangeTask(plan.After.Id, _ => plan.After, (long?)plan.Item["updated_by"] ?? request.Actor);
            return new JObject
            {
                ["id"] = task.Id, ["updated_at"] = task.UpdatedAt, ["request_id"] = plan.RequestId,
                ["_links"] = AmoJson.Self(request, $"tasks/{task.Id}"),
            };
        })];
    }

    private static AmoTask Apply(AmoRequest request, AmoTask task, JObject item, string requestId)
    {
        if ((long?)item["responsible_user_id"] is { } responsible && !request.State.Users.Exists(user => user.Id == responsible))
            throw new AmoInvalidException(requestId, "NotSupportedChoice", "responsible_user_id", "This value is not allowed.");
        return task with
        {
            Text = (string?)item["text"] ?? task.Text,
            CompleteTill = (long?)item["complete_till"] ?? task.CompleteTill,
            TaskTypeId = (long?)item["task_type_id"] ?? task.TaskTypeId,
            Entity = item["entity_type"] is { } entity ? AmoKinds.Parse((string?)entity) : task.Entity,
            EntityId = (long?)item["entity_id"] ?? task.EntityId,
            ResponsibleUserId = (long?)item["responsible_user_id"] ?? task.ResponsibleUserId,
            Duration = (long?)item["duration"] ?? task.Duration,
            IsCompleted = (bool?)item["is_completed"] ?? task.IsCompleted,
            Result = (string?)(item["result"] as JObject)?["text"] ?? task.Result,
        };
    }

    private static Answer ListNotes(AmoRequest request, AmoKind kind, long? entityId)
    {
        var query = request.Query;
        var found = request.State.Notes.Values.Where(note => note.Entity == kind && (entityId is null || note.EntityId == entityId)
            && query.Allows("filter[id]", note.Id)
            && query.Allows("filter[entity_id]", note.EntityId)
            && query.Allows("filter[note_type]", note.Type)
            && query.AllowsRange("filter[updated_at]", note.UpdatedAt));
        if (query.Order() is { Descending: true })
            found = found.Reverse();
        return request.Page("notes", found.Select(note => AmoJson.Note(request, note)));
    }

    private static Answer AddNotes(AmoRequest request, AmoKind kind, long? entityId)
    {
        var items = request.Items();
        for (var i = 0; i < items.Count; i++)
            Check(request, kind, entityId, items[i], AmoWrite.RequestId(items[i], i));
        return request.Written("notes", items.Select((item, i) =>
        {
            var note = request.Amo.AddNote(kind, entityId ?? (long)item["entity_id"]!, (string)item["note_type"]!,
                (JObject)item["params"]!.DeepClone(), (long?)item["created_by"] ?? request.Actor, (long?)item["responsible_user_id"]);
            return new JObject
            {
                ["id"] = note.Id,
                ["entity_id"] = note.EntityId,
                ["request_id"] = AmoWrite.RequestId(item, i),
                ["_links"] = AmoJson.Self(request, $"{kind.Path()}/notes/{note.Id}"),
            };
        }).ToList());
    }

    private static void Check(AmoRequest request, AmoKind kind, long? entityId, JObject item, string requestId)
    {
        var type = (string?)item["note_type"] ?? "";
        if (!AmoNoteTypes.IsWritable(type))
            throw new AmoInvalidException(requestId, "NotSupportedChoice", "note_type", "The value you selected is not a valid choice.");
        if (request.State.Find(kind, entityId ?? (long?)item["entity_id"] ?? 0) is null)
            throw new AmoInvalidException(requestId, "NotFound", "entity_id", "Entity not found");
        if (item["params"] is not JObject parameters)
            throw new AmoInvalidException(requestId, "FieldMissing", "params", "This field is missing.");
        if (AmoNoteTypes.MissingParameter(type, parameters) is { } missing)
            throw new AmoInvalidException(requestId, "FieldMissing", $"params.{missing}", "This field is missing.");
    }

    private static Answer ChangeNotes(AmoRequest request, AmoKind kind) => request.Written("notes",
        request.Items().Select(item => ChangedNote(request, kind, (long?)item["id"] ?? 0, item)).ToList());

    private static JObject ChangedNote(AmoRequest request, AmoKind kind, long id, JObject item)
    {
        if (!request.State.Notes.TryGetValue(id, out var note) || note.Entity != kind)
            throw new AmoInvalidException("0", "NotFound", "id", "Entity not found");
        var parameters = (JObject)note.Params.DeepClone();
        parameters.Merge(item["params"] as JObject ?? []);
        request.State.Notes[id] = note = note with { Params = parameters, UpdatedAt = request.Amo.Now, UpdatedBy = request.Actor };
        return new JObject { ["id"] = id, ["entity_id"] = note.EntityId, ["updated_at"] = note.UpdatedAt };
    }
}
