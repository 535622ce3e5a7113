using Automation.Engine.Events;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace Automation.Engine.Persistence.Events;

/// <summary>A <see cref="CrmEvent"/> as the text of <c>events.payload</c>. Numbers stay decimal; texts that look like dates stay texts.</summary>
public static class EventPayload
{
    private static readonly JsonSerializerSettings Settings = new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        DefaultValueHandling = DefaultValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
        ContractResolver = new DefaultContractResolver { NamingStrategy = new CamelCaseNamingStrategy(false, false) },
    };

    public static string Write(CrmEvent crmEvent) => JsonLine.Write(crmEvent, static (json, e) =>
    {
        json.WriteStartObject();
        json.Optional("kind", e.Kind);
        json.Optional("entityType", e.EntityType);
        json.Optional("entityId", e.EntityId);
        json.Property("data", e.Data);
        json.Optional("complete", e.Complete);
        json.Property("old", e.Old);
        if (e.SourceTime is { } at)
        {
            json.WritePropertyName("sourceTime");
            json.WriteValue(at);
        }

        json.Optional("dedupKey", e.DedupKey);
        json.Optional("dedupWithinWindow", e.DedupWithinWindow);
        json.Optional("bodyHash", e.BodyHash);
        json.Optional("actorId", e.ActorId);
        json.Optional("triggerId", e.TriggerId);
        if (e.Depth != 0)
        {
            json.WritePropertyName("depth");
            json.WriteValue(e.Depth);
        }

        json.Optional("causedBy", e.CausedBy);
        json.Optional("baseline", e.Baseline);
        json.Optional("sanitized", e.Sanitized);
        json.WriteEndObject();
    });

    /// <exception cref="JsonException">The text is not an event.</exception>
    public static CrmEvent Read(string payload) =>
        JsonConvert.DeserializeObject<CrmEvent>(payload, Settings) ?? throw new JsonException("An event's payload is empty.");
}
