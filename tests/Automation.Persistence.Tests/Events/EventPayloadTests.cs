using System.Text.Json;
using Automation.Engine.Events;
using Automation.Engine.Persistence.Events;
using Newtonsoft.Json.Linq;

namespace Automation.Persistence.Tests.Events;

public sealed class EventPayloadTests
{
    private static readonly CrmEvent Full = new()
    {
        Kind = EventKinds.Updated,
        EntityType = "deal",
        EntityId = "7 «семь» \"\\ \u0001 \ud83d\udd34",
        Data = new JObject { ["price"] = 12.50m, ["name"] = "2026-11-22T10:00:00", ["empty"] = null },
        Complete = true,
        Old = new JObject { ["stage_id"] = "142" },
        SourceTime = new(2026, 11, 22, 10, 0, 0, 120, TimeSpan.FromHours(3)),
        DedupKey = "key",
        DedupWithinWindow = true,
        BodyHash = "ab",
        ActorId = "504141",
        TriggerId = "order",
        Depth = 3,
        CausedBy = "effect",
        Baseline = true,
        Sanitized = true,
    };

    [Fact]
    public void Write_EventWithEveryProperty_ReadsBackEqual()
    {
        var again = EventPayload.Read(EventPayload.Write(Full));
        Assert.Equal(Full, again with { Data = Full.Data, Old = Full.Old });
        Assert.True(JToken.DeepEquals(Full.Data, again.Data));
        Assert.True(JToken.DeepEquals(Full.Old, again.Old));
    }

    [Fact]
    public void Write_EventWithEveryProperty_NamesEachPropertyOfTheRecord()
    {
        using var json = JsonDocument.Parse(EventPayload.Write(Full));
        Assert.Equal(
            typeof(CrmEvent).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(StringComparer.Ordinal),
            json.RootElement.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_EventWithNothingSet_NamesWhatItMustHave() => Assert.Equal(
        """{"kind":"created","entityType":"deal","entityId":"1","data":{},"old":{},"dedupKey":"k"}""",
        EventPayload.Write(new CrmEvent { Kind = EventKinds.Created, EntityType = "deal", EntityId = "1", DedupKey = "k" }));
}
