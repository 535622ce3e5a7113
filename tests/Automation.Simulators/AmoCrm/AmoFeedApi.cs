using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>The event feed, subscriptions to hooks and incoming leads.</summary>
internal static class AmoFeedApi
{
    public static void Map(AmoRoutes routes)
    {
        routes.Get("/events", Events);
        routes.Get("/events/{uid}", request => request.State.Events.Find(item => item.Id == request.Text("uid")) is { } found
            ? AmoRequest.Hal(Event(request, found)) : AmoRequest.NoContent);
        routes.Get("/webhooks", request => request.Amo.Webhooks.Where(hook => request.Query.Text("filter[destination]") is not { } wanted || hook.Destination == wanted)
            .Select(hook => Webhook(request, hook)).ToList() is { Count: > 0 } hooks ? request.Whole("webhooks", hooks) : AmoRequest.NoContent);
        routes.Post("/webhooks", Subscribe);
        routes.Delete("/webhooks", request => request.Amo.Unsubscribe((string?)request.Item()["destination"] ?? "")
            ? AmoRequest.NoContent : AmoProblem.Of(404, "Webhook not found"));
        routes.Get("/leads/unsorted", request => request.Page("unsorted", request.State.Unsorted
            .Where(entry => request.Query.Allows("filter[category]", entry.Category) && request.Query.Allows("filter[pipeline_id]", entry.PipelineId))
            .Select(entry => Unsorted(request, entry))));
        routes.Get("/leads/unsorted/{uid}", request => request.State.Unsorted.Find(entry => entry.Uid == request.Text("uid")) is { } found
            ? AmoRequest.Hal(Unsorted(request, found)) : AmoRequest.NoContent);
        routes.Post("/leads/unsorted/forms", AddForms);
        routes.Post("/leads/unsorted/{uid}/accept", request => Close(request, accept: true));
        routes.Delete("/leads/unsorted/{uid}/decline", request => Close(request, accept: false));
    }

    private static Answer Events(AmoRequest request)
    {
        var query = request.Query;
        var found = request.State.Events.Where(item => Named(query, item.Type)
            && query.Allows("filter[entity]", item.EntityType)
            && query.Allows("filter[entity_id]", item.EntityId)
            && query.Allows("filter[created_by]", item.CreatedBy)
            && query.AllowsRange("filter[created_at]", item.CreatedAt));
        return request.Page("events", found.Reverse().Select(item => Event(request, item)), defaultLimit: 100);
    }

    /// <summary><c>custom_field_value_changed</c> asks for every custom field's changes.</summary>
    private static bool Named(AmoQuery query, string type) => query.Allows("filter[type]", type)
        || (type.StartsWith("custom_field_", StringComparison.Ordinal) && query.Allows("filter[type]", "custom_field_value_changed"));

    private static JObject Event(AmoRequest request, AmoEvent item) => new()
    {
        ["id"] = item.Id,
        ["type"] = item.Type,
        ["entity_id"] = item.EntityId,
        ["entity_type"] = item.EntityType,
        ["created_by"] = item.CreatedBy,
        ["created_at"] = item.CreatedAt,
        ["value_after"] = item.After.DeepClone(),
        ["value_before"] = item.Before.DeepClone(),
        ["account_id"] = request.Amo.Options.AccountId,
        ["_links"] = AmoJson.Self(request, $"events/{item.Id}"),
    };

    private static Answer Subscribe(AmoRequest request)
    {
        var item = request.Item();
        var destination = (string?)item["destination"];
        if (!Uri.TryCreate(destination, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new AmoInvalidException("0", "InvalidUrl", "destination", "This value is not a valid URL.");
        var settings = (item["settings"] as JArray ?? []).Select(name => (string)name!).ToList();
        if (settings.Find(name => !AmoCrmSimulator.AllHookEvents.Contains(name)) is { } unknown)
            throw new AmoInvalidException("0", "NotSupportedChoice", "settings", $"'{unknown}' is not a valid choice.");
        if (settings.Count == 0)
            throw new AmoInvalidException("0", "FieldMissing", "settings", "This field is missing.");
        return AmoRequest.Hal(Webhook(request, request.Amo.Subscribe(destination, settings, (int?)item["sort"] ?? 0)), 201);
    }

    private static JObject Webhook(AmoRequest request, AmoWebhook hook) => new()
    {
        ["id"] = hook.Id,
        ["destination"] = hook.Destination,
        ["created_at"] = hook.CreatedAt,
        ["updated_at"] = hook.UpdatedAt,
        ["account_id"] = request.Amo.Options.AccountId,
        ["created_by"] = hook.CreatedBy,
        ["sort"] = hook.Sort,
        ["disabled"] = hook.Disabled,
        ["settings"] = new JArray(hook.Settings),
    };

    private static JObject Unsorted(AmoRequest request, AmoUnsorted entry) => new()
    {
        ["uid"] = entry.Uid,
        ["source_uid"] = "sandbox",
        ["source_name"] = entry.SourceName,
        ["category"] = entry.Category,
        ["pipeline_id"] = entry.PipelineId,
        ["created_at"] = entry.CreatedAt,
        ["metadata"] = entry.Metadata.DeepClone(),
        ["account_id"] = request.Amo.Options.AccountId,
        ["_embedded"] = new JObject { ["leads"] = new JArray(new JObject { ["id"] = entry.LeadId }) },
    };

    private static Answer AddForms(AmoRequest request) => request.Written("unsorted", request.Items().Select((item, i) =>
    {
        var name = (string?)item["_embedded"]?["leads"]?.FirstOrDefault()?["name"] ?? "Заявка с сайта";
        var entry = request.Amo.AddUnsorted(name, (long?)item["pipeline_id"] ?? request.State.Pipelines[0].Id, "forms",
            (string?)item["source_name"] ?? "", item["metadata"] as JObject);
        var json = Unsorted(request, entry);
        json["request_id"] = AmoWrite.RequestId(item, i);
        return json;
    }).ToList());

    private static Answer Close(AmoRequest request, bool accept)
    {
        var uid = request.Text("uid");
        var body = request.Body as JObject;
        if (request.State.Unsorted.Find(entry => entry.Uid == uid) is not { } found
            || !request.Amo.CloseUnsorted(uid, accept, (long?)body?["status_id"], (long?)body?["user_id"] ?? request.Actor))
            return AmoProblem.Of(404, "Unsorted not found");
        return AmoRequest.Hal(new JObject
        {
            ["uid"] = uid,
            ["pipeline_id"] = found.PipelineId,
            ["category"] = found.Category,
            ["created_at"] = found.CreatedAt,
            ["_embedded"] = new JObject { ["leads"] = new JArray(new JObject { ["id"] = found.LeadId }) },
        });
    }
}
