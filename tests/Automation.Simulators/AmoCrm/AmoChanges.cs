using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

internal sealed record AmoChange(string Type, JArray Before, JArray After);

/// <summary>What differs between two moments of a record, in the words of the event feed.</summary>
internal static class AmoChanges
{
    public static List<AmoChange> Between(AmoEntity before, AmoEntity after, AmoState state)
    {
        List<AmoChange> changes = [];
        var one = after.Kind.Singular();
        if ((before.StatusId, before.PipelineId) != (after.StatusId, after.PipelineId))
            changes.Add(new($"{one}_status_changed", [Stage(before)], [Stage(after)]));
        if (before.ResponsibleUserId != after.ResponsibleUserId)
            changes.Add(new("entity_responsible_changed", [User(before)], [User(after)]));
        if (before.Price != after.Price)
            changes.Add(new("sale_field_changed", [Sale(before)], [Sale(after)]));
        if (before.Name != after.Name || before.FirstName != after.FirstName || before.LastName != after.LastName)
            changes.Add(new("name_field_changed", [Name(before)], [Name(after)]));
        foreach (var tag in after.Tags.Except(before.Tags))
            changes.Add(new("entity_tag_added", [], [Tag(tag)]));
        foreach (var tag in before.Tags.Except(after.Tags))
            changes.Add(new("entity_tag_deleted", [Tag(tag)], []));
        foreach (var id in before.Fields.Keys.Union(after.Fields.Keys).Where(id => !Same(before, after, id)))
            changes.Add(new($"custom_field_{id}_value_changed", Values(before, id, state), Values(after, id, state)));
        if (before.LossReasonId != after.LossReasonId || !before.Files.SequenceEqual(after.Files))
            changes.Add(new("entity_changed", [], []));
        return changes;
    }

    private static bool Same(AmoEntity before, AmoEntity after, long id)
    {
        var has = before.Fields.TryGetValue(id, out var old);
        return after.Fields.TryGetValue(id, out var now) == has
            && (!has || (old.Length == now.Length && old.Zip(now).All(pair =>
                JToken.DeepEquals(pair.First.Value, pair.Second.Value) && pair.First.EnumId == pair.Second.EnumId)));
    }

    private static JArray Values(AmoEntity entity, long id, AmoState state) =>
        entity.Fields.TryGetValue(id, out var values)
            ? new JArray(values.Select(value => new JObject
            {
                ["custom_field_value"] = new JObject
                {
                    ["field_id"] = id,
                    ["field_type"] = state.Field(entity.Kind, id)?.Type,
                    ["enum_id"] = value.EnumId,
                    ["text"] = value.Value.ToString(),
                },
            }))
            : [];

    private static JObject Stage(AmoEntity deal) =>
        new() { ["lead_status"] = new JObject { ["id"] = deal.StatusId, ["pipeline_id"] = deal.PipelineId } };

    private static JObject User(AmoEntity entity) => new() { ["responsible_user"] = new JObject { ["id"] = entity.ResponsibleUserId } };

    private static JObject Sale(AmoEntity entity) => new() { ["sale_field_value"] = new JObject { ["sale"] = entity.Price } };

    private static JObject Name(AmoEntity entity) => new() { ["name_field_value"] = new JObject { ["name"] = entity.Name } };

    private static JObject Tag(AmoTag tag) => new() { ["tag"] = new JObject { ["name"] = tag.Name } };
}
