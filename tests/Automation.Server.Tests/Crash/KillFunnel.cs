using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Crash;

/// <summary>What the kill scenes automate: a call for each event, and for some a second one after a delay that outlives a process.</summary>
internal static class KillFunnel
{
    public const string Now = "now";
    public const string Later = "later";

    /// <summary>Longer than most lives: timers are armed in one and fire in another.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(4);

    public static bool IsDelayed(int number) => number % 4 == 0;

    public static FunnelDocument Document(string outside) => new()
    {
        Slug = "crash",
        Name = "Crash",
        Connection = "shop",
        Triggers =
        [
            Trigger(Now, new When { Event = TriggerEvents.Webhook }, "[event.data.number] > 0", outside),
            Trigger(Later, new When { Event = TriggerEvents.Webhook, Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("4s") } }, "[event.data.number] % 4 = 0", outside),
        ],
    };

    private static FunnelTrigger Trigger(string lane, When when, string condition, string outside) => new()
    {
        Id = lane,
        Name = lane,
        When = when,
        Reentry = Reentry.EveryTime,
        If = new("NCalc", condition),
        Then = JObject.Parse($$"""
            { "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "connections": [], "activities": [
              { "id": "call", "type": "Elsa.FlowSendHttpRequest", "version": 1,
                "url": { "expression": { "type": "Liquid", "value": "{{outside}}/{{lane}}/{{"{{ event.data.entity_id }}/{{ event.data.number }}"}}" } },
                "method": { "expression": { "type": "Literal", "value": "POST" } } } ] } }
            """),
    };
}
