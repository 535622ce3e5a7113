using System.Collections.Immutable;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>Applies what a client wrote to a record. Checks everything first; stores nothing.</summary>
internal static class AmoWrite
{
    public static string RequestId(JObject item, int index) =>
        item["request_id"]?.ToString() ?? index.ToString(CultureInfo.InvariantCulture);

    public static AmoEntity Apply(AmoRequest request, AmoEntity entity, JObject item, string requestId)
    {
        AmoInvalidException Bad(string path, string code = "NotSupportedChoice") =>
            new(requestId, code, path, "This value is not allowed.");

        var state = request.State;
        if (item["name"] is { Type: JTokenType.String } name)
            entity = entity with { Name = (string)name! };
        if (item["first_name"] is { } first)
            entity = entity with { FirstName = (string?)first };
        if (item["last_name"] is { } last)
            entity = entity with { LastName = (string?)last };
        if (item["name"] is null && (item["first_name"] ?? item["last_name"]) is not null)
            entity = entity with { Name = $"{entity.FirstName} {entity.LastName}".Trim() };
        if (item["responsible_user_id"] is { } responsible)
            entity = entity with
            {
                ResponsibleUserId = state.Users.Exists(user => user.Id == (long)responsible) ? (long)responsible : throw Bad("responsible_user_id"),
            };
        if (item["created_at"] is { Type: JTokenType.Integer } created)
            entity = entity with { CreatedAt = (long)created };
        if (entity.Kind == AmoKind.Leads)
            entity = Stage(request, entity, item, Bad);
        entity = Fields(request, entity, item, Bad);
        return Tags(state, entity, item);
    }

    private static AmoEntity Stage(AmoRequest request, AmoEntity deal, JObject item, Func<string, string, AmoInvalidException> bad)
    {
        if (item["price"] is { } price)
            deal = deal with { Price = price.Type is JTokenType.Integer ? (long)price : throw bad("price", "InvalidType") };
        if (item["loss_reason_id"] is { } reason)
            deal = deal with { LossReasonId = (long?)reason };
        var state = request.State;
        var pipeline = (long?)item["pipeline_id"];
        var status = (long?)item["status_id"];
        if (pipeline is null && status is null && deal.PipelineId != 0)
            return deal;
        // A status without a pipeline finds its own, except 142 and 143, which every pipeline has.
        var target = pipeline
            ?? (state.Status(deal.PipelineId, status ?? 0) is not null ? deal.PipelineId : (long?)null)
            ?? state.Pipelines.Find(candidate => candidate.Statuses.Any(other => other.Id == status))?.Id
            ?? (status is null ? state.Pipelines[0].Id : throw bad("status_id", "NotSupportedChoice"));
        var home = state.Pipelines.Find(candidate => candidate.Id == target) ?? throw bad("pipeline_id", "NotSupportedChoice");
        var stage = status is null
            ? home.Statuses.First(candidate => candidate.Type == 0)
            : home.Statuses.FirstOrDefault(candidate => candidate.Id == status) ?? throw bad("status_id", "NotSupportedChoice");
        if (status is null && deal.PipelineId == home.Id)
            return deal;
        return deal with { PipelineId = home.Id, StatusId = stage.Id };
    }

    private static AmoEntity Fields(AmoRequest request, AmoEntity entity, JObject item, Func<string, string, AmoInvalidException> bad)
    {
        if (item["custom_fields_values"] is not JArray written)
            return entity;
        var fields = entity.Fields;
        for (var i = 0; i < written.Count; i++)
        {
            var at = $"custom_fields_values.{i}";
            var known = request.State.Fields[entity.Kind];
            var id = (long?)written[i]["field_id"];
            var code = (string?)written[i]["field_code"];
            var field = known.Find(candidate => id is not null ? candidate.Id == id : code is not null && candidate.Code == code)
                ?? throw bad($"{at}.{(id is not null || code is null ? "field_id" : "field_code")}", "NotSupportedChoice");
            if (written[i]["values"] is not JArray { Count: > 0 } values)
            {
                fields = fields.Remove(field.Id);
                continue;
            }
            fields = fields.SetItem(field.Id, [.. values.Select((value, n) =>
                AmoValues.Read(field, (JObject)value, request.Amo.Options.TimeZone) ?? throw bad($"{at}.values.{n}.value", "NotSupportedChoice"))]);
        }
        return entity with { Fields = fields };
    }

    private static AmoEntity Tags(AmoState state, AmoEntity entity, JObject item)
    {
        if (item["_embedded"]?["tags"] is { } all)
            entity = entity with { Tags = Named(state, entity.Kind, all) };
        if (item["tags_to_add"] is { } more)
            entity = entity with { Tags = [.. entity.Tags.Union(Named(state, entity.Kind, more))] };
        if (item["tags_to_delete"] is JArray less)
            entity = entity with
            {
                Tags = [.. entity.Tags.Where(tag => !less.Any(gone =>
                    (long?)gone["id"] == tag.Id || string.Equals((string?)gone["name"], tag.Name, StringComparison.OrdinalIgnoreCase)))],
            };
        return entity;
    }

    private static ImmutableArray<AmoTag> Named(AmoState state, AmoKind kind, JToken tags) => tags is not JArray list
        ? []
        : [.. list.Select(tag => state.Tag(kind, (long?)tag["id"], (string?)tag["name"], (string?)tag["color"]))
            .OfType<AmoTag>().DistinctBy(tag => tag.Id)];
}
