using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Simulation.Tests.Outside;

/// <summary>What the funnel does with an event, by the letters that the event carries.</summary>
public static class Workload
{
    /// <summary>k: ends the process. a: one call. b: a call, 5 s of waiting, another call. h: a call that nobody may repeat. d: one call 10 s later.</summary>
    public const string Letters = "abhd";

    public static FunnelDocument Funnel => new()
    {
        Slug = "sim",
        Name = "Sim",
        Connection = "shop",
        Triggers =
        [
            Trigger("k", [Activity("k", "Sim.Kill")]),
            Trigger("a", [CallOf("a", "Retry")]),
            Trigger("b", [CallOf("b", "Verify"), Activity("w", "Elsa.Delay", ("timeSpan", "Literal", "00:00:05")), CallOf("c", "Retry")]),
            Trigger("h", [CallOf("h", "Hold")]),
            Trigger("d", [CallOf("d", "Retry")], "10s"),
        ],
    };

    /// <summary>Calls that an event with these letters leads to.</summary>
    public static IEnumerable<string> CallsOf(string letters) => letters.SelectMany(letter => letter switch
    {
        'b' => new[] { "b", "c" },
        'k' => [],
        _ => [letter.ToString()],
    });

    private static FunnelTrigger Trigger(string letter, JObject[] activities, string? delay = null) => new()
    {
        Id = letter,
        Name = letter,
        Reentry = Reentry.EveryTime,
        When = new When { Event = TriggerEvents.Webhook, Timing = delay is null ? new() : new() { Kind = TimingKind.After, Delay = TimeLength.Parse(delay) } },
        If = new("NCalc", $"[event.data.{letter}] = 1"),
        Then = new JObject
        {
            ["name"] = letter,
            ["root"] = new JObject { ["id"] = "flow", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = new JArray(activities) },
        },
    };

    private static JObject CallOf(string name, string policy) =>
        Activity(name, "Sim.Call", ("word", "Literal", name), ("policy", "Literal", policy), ("number", "NCalc", "[event.data.number]"));

    private static JObject Activity(string id, string type, params (string Name, string Type, JToken Value)[] inputs)
    {
        var activity = new JObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, expression, value) in inputs) activity[name] = new JObject { ["expression"] = new JObject { ["type"] = expression, ["value"] = value } };
        return activity;
    }
}
