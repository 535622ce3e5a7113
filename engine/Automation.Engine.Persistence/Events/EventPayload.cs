using Automation.Engine.Events;
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

    public static string Write(CrmEvent crmEvent) => JsonConvert.SerializeObject(crmEvent, Settings);

    /// <exception cref="JsonException">The text is not an event.</exception>
    public static CrmEvent Read(string payload) =>
        JsonConvert.DeserializeObject<CrmEvent>(payload, Settings) ?? throw new JsonException("An event's payload is empty.");
}
