using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>The account's directory: account, users, pipelines, custom fields, tags.</summary>
internal static class AmoAccountApi
{
    private static readonly string[] TagColors =
    [
        "EBEBEB", "D0D0D0", "F2DDF7", "D1A4DC", "FF8F92", "FFC8C8", "C7DB8C", "DDEBB5", "8699DA", "AABDFF", "FFCE5A", "FFE193",
        "90CDB0", "C6F4DE", "A9A5D7", "D8D5FF", "86C0FC", "832161", "6A0F49", "0C7C59", "10599D", "9D2B32", "247BA0",
    ];

    public static void Map(AmoRoutes routes)
    {
        routes.Get("/account", Account);
        routes.Get("/users", request => request.Page("users", request.State.Users.Select(user => User(request, user))));
        routes.Get("/users/{id:long}", request => request.State.Users.Find(user => user.Id == request.Id) is { } user
            ? AmoRequest.Hal(User(request, user)) : AmoRequest.NoContent);
        routes.Get("/leads/pipelines", request => request.Whole("pipelines", request.State.Pipelines.Select(item => Pipeline(request, item))));
        routes.Get("/leads/pipelines/{id:long}", request => Find(request) is { } found
            ? AmoRequest.Hal(Pipeline(request, found)) : AmoProblem.Of(404, "Pipeline not found"));
        routes.Get("/leads/pipelines/{id:long}/statuses", request => Find(request) is { } found
            ? request.Whole("statuses", found.Statuses.Select(status => Status(request, found, status)))
            : AmoProblem.Of(404, "Pipeline not found"));
        routes.Get("/leads/pipelines/{id:long}/statuses/{status:long}", request =>
            request.State.Status(request.Id, request.Long("status")) is { } status
                ? AmoRequest.Hal(Status(request, Find(request)!, status)) : AmoProblem.Of(404, "Status not found"));
        foreach (var kind in AmoKinds.All)
        {
            var path = "/" + kind.Path();
            routes.Get(path + "/custom_fields", request =>
                request.Page("custom_fields", request.State.Fields[kind].Select((field, i) => Field(request, kind, field, i))));
            routes.Get(path + "/custom_fields/{id:long}", request => request.State.Field(kind, request.Id) is { } field
                ? AmoRequest.Hal(Field(request, kind, field, 0)) : AmoRequest.NoContent);
            routes.Post(path + "/custom_fields", request => AddFields(request, kind));
            routes.Get(path + "/tags", request => request.Page("tags", request.State.Tags[kind]
                .Where(tag => request.Query.Allows("filter[id]", tag.Id) && request.Query.Allows("filter[name]", tag.Name)
                    && tag.Name.Contains(request.Query.Text("query") ?? "", StringComparison.OrdinalIgnoreCase))
                .Select(AmoJson.Tag)));
            routes.Post(path + "/tags", request => AddTags(request, kind));
        }
    }

    private static Answer Account(AmoRequest request)
    {
        var options = request.Amo.Options;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        var json = new JObject
        {
            ["id"] = options.AccountId,
            ["name"] = options.Subdomain,
            ["subdomain"] = options.Subdomain,
            ["current_user_id"] = request.Actor,
            ["country"] = "RU",
            ["currency"] = "RUB",
            ["currency_symbol"] = "₽",
            ["customers_mode"] = "unavailable",
            ["is_unsorted_on"] = true,
            ["is_loss_reason_enabled"] = true,
            ["contact_name_display_order"] = 1,
            ["language"] = "ru",
            ["_links"] = AmoJson.Self(request, "account"),
        };
        var embedded = new JObject();
        if (request.Query.With("users_groups"))
            embedded["users_groups"] = new JArray(request.State.Groups.Select(group => new JObject { ["id"] = group.Id, ["name"] = group.Name }));
        if (request.Query.With("task_types"))
            embedded["task_types"] = new JArray(
                TaskType(1, "Связаться", "FOLLOW_UP"), TaskType(2, "Встреча", "MEETING"), TaskType(3, "Письмо", "LETTER"));
        if (request.Query.With("datetime_settings"))
            embedded["datetime_settings"] = new JObject
            {
                ["date_pattern"] = "d.m.Y H:i",
                ["short_date_pattern"] = "d.m.Y",
                ["date_format"] = "d.m.Y",
                ["time_format"] = "H:i:s",
                ["timezone"] = options.TimeZone,
                ["timezone_offset"] = $"+{zone.GetUtcOffset(options.Clock.GetUtcNow()):hh\\:mm}",
            };
        if (request.Query.With("drive_url"))
            json["drive_url"] = request.BaseUrl + "/drive";
        if (request.Query.With("is_api_filter_enabled"))
            json["is_api_filter_enabled"] = true;
        if (embedded.HasValues)
            json["_embedded"] = embedded;
        return AmoRequest.Hal(json);
    }

    private static JObject TaskType(int id, string name, string code) => new()
    {
        ["id"] = id,
        ["name"] = name,
        ["color"] = null,
        ["icon_id"] = null,
        ["code"] = code,
    };

    private static JObject User(AmoRequest request, AmoUser user)
    {
        static JObject Rights() => new() { ["view"] = "A", ["edit"] = "A", ["add"] = "A", ["delete"] = "A", ["export"] = "A" };
        return new JObject
        {
            ["id"] = user.Id,
            ["name"] = user.Name,
            ["email"] = user.Email,
            ["lang"] = "ru",
            ["rights"] = new JObject
            {
                ["leads"] = Rights(),
                ["contacts"] = Rights(),
                ["companies"] = Rights(),
                ["tasks"] = new JObject { ["edit"] = "A", ["delete"] = "A" },
                ["mail_access"] = true,
                ["catalog_access"] = true,
                ["status_rights"] = new JArray(),
                ["is_admin"] = user.IsAdmin,
                ["is_free"] = false,
                ["is_active"] = user.IsActive,
                ["group_id"] = user.GroupId,
                ["role_id"] = null,
            },
            ["_links"] = AmoJson.Self(request, $"users/{user.Id}"),
        };
    }

    private static AmoPipeline? Find(AmoRequest request) => request.State.Pipelines.Find(pipeline => pipeline.Id == request.Id);

    private static JObject Pipeline(AmoRequest request, AmoPipeline pipeline) => new()
    {
        ["id"] = pipeline.Id,
        ["name"] = pipeline.Name,
        ["sort"] = pipeline.Sort,
        ["is_main"] = pipeline.IsMain,
        ["is_unsorted_on"] = true,
        ["is_archive"] = false,
        ["account_id"] = request.Amo.Options.AccountId,
        ["_links"] = AmoJson.Self(request, $"leads/pipelines/{pipeline.Id}"),
        ["_embedded"] = new JObject { ["statuses"] = new JArray(pipeline.Statuses.Select(status => Status(request, pipeline, status))) },
    };

    private static JObject Status(AmoRequest request, AmoPipeline pipeline, AmoStatus status) => new()
    {
        ["id"] = status.Id,
        ["name"] = status.Name,
        ["sort"] = status.Sort,
        ["is_editable"] = status.Type == 0 && status.Id is not (AmoPipeline.Won or AmoPipeline.Lost),
        ["pipeline_id"] = pipeline.Id,
        ["color"] = status.Color,
        ["type"] = status.Type,
        ["account_id"] = request.Amo.Options.AccountId,
        ["_links"] = AmoJson.Self(request, $"leads/pipelines/{pipeline.Id}/statuses/{status.Id}"),
    };

    private static JObject Field(AmoRequest request, AmoKind kind, AmoField field, int sort) => new()
    {
        ["id"] = field.Id,
        ["name"] = field.Name,
        ["type"] = field.Type,
        ["code"] = field.Code,
        ["sort"] = sort,
        ["entity_type"] = kind.Path(),
        ["group_id"] = "default",
        ["is_api_only"] = false,
        ["is_predefined"] = field.IsPredefined,
        ["is_deletable"] = !field.IsPredefined,
        ["is_computed"] = false,
        ["required_statuses"] = new JArray(),
        ["hidden_statuses"] = new JArray(),
        ["enums"] = field.Enums.Length == 0 ? null : new JArray(field.Enums.Select(item =>
            new JObject { ["id"] = item.Id, ["value"] = item.Value, ["sort"] = item.Sort, ["code"] = item.Code })),
        ["account_id"] = request.Amo.Options.AccountId,
        ["_links"] = AmoJson.Self(request, $"{kind.Path()}/custom_fields/{field.Id}"),
    };

    private static Answer AddFields(AmoRequest request, AmoKind kind)
    {
        var items = request.Items();
        for (var i = 0; i < items.Count; i++)
            foreach (var needed in new[] { "name", "type" })
                if (string.IsNullOrEmpty((string?)items[i][needed]))
                    throw new AmoInvalidException(AmoWrite.RequestId(items[i], i), "FieldMissing", needed, "This field is missing.");
        return request.Written("custom_fields", items.Select((item, i) =>
        {
            ImmutableArray<AmoEnum> enums = [.. (item["enums"] as JArray ?? []).Select((choice, n) =>
                new AmoEnum(request.State.NewId(), (string)choice["value"]!, (int?)choice["sort"] ?? n, (string?)choice["code"]))];
            var field = request.Amo.AddField(kind, new AmoField(0, (string)item["name"]!, (string)item["type"]!, (string?)item["code"]) { Enums = enums });
            var json = Field(request, kind, field, request.State.Fields[kind].Count);
            json["request_id"] = AmoWrite.RequestId(item, i);
            return json;
        }).ToList());
    }

    private static Answer AddTags(AmoRequest request, AmoKind kind)
    {
        var items = request.Items();
        for (var i = 0; i < items.Count; i++)
            if ((string?)items[i]["color"] is { } color && !TagColors.Contains(color))
                throw new AmoInvalidException(AmoWrite.RequestId(items[i], i), "NotSupportedChoice", "color", "The value you selected is not a valid choice.");
        return request.Written("tags", items.Select((item, i) =>
        {
            var json = AmoJson.Tag(request.State.Tag(kind, null, (string?)item["name"], (string?)item["color"])
                ?? throw new AmoInvalidException(AmoWrite.RequestId(item, i), "FieldMissing", "name", "This field is missing."));
            json["request_id"] = AmoWrite.RequestId(item, i);
            return json;
        }).ToList());
    }
}
