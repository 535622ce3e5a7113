using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Benchmarks.Scenes;

/// <summary>Hook → condition → five activities, the fourth an HTTP call to the sink.</summary>
internal static class SampleFunnels
{
    public static readonly Condition Formula = new("NCalc", "[event.data.amount] > 100 and [event.data.city] = 'Казань'");
    public static readonly Condition Script = new("JavaScript", "event.data.amount > 100 && event.data.city === 'Казань'");

    public static FunnelDocument WithCall(string sink) => Build(Formula, Call(sink));

    public static FunnelDocument WithScript(string sink) => Build(Script, Call(sink));

    public static FunnelDocument Pure(string sink) => Build(Formula, """{ "id": "d", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "no call" } } }""");

    /// <summary>Waits two days, then ends.</summary>
    public static FunnelDocument Waiting() => Build(Formula, """{ "id": "d", "type": "Elsa.Delay", "version": 1, "timeSpan": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "2.00:00:00" } } }""");

    private static string Call(string sink) => $$"""
        { "id": "d", "type": "Elsa.FlowSendHttpRequest", "version": 1, "url": { "expression": { "type": "Literal", "value": "{{sink}}/" } },
          "method": { "expression": { "type": "Literal", "value": "POST" } }, "content": { "expression": { "type": "NCalc", "value": "[event.data.number]" } },
          "contentType": { "expression": { "type": "Literal", "value": "application/json" } } }
        """;

    private static FunnelDocument Build(Condition condition, string fourth) => new()
    {
        Slug = "bench",
        Name = "Bench",
        Connection = "shop",
        Triggers = [new FunnelTrigger { Id = "order", Name = "Order", When = new When { Event = TriggerEvents.Webhook }, Reentry = Reentry.EveryTime, If = condition, Then = Workflow(fourth) }],
    };

    private static JObject Workflow(string fourth) => JObject.Parse($$"""
        { "name": "bench", "variables": [{ "id": "total", "name": "total", "typeName": "Object", "value": null }],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1,
            "activities": [
              { "id": "a", "type": "Elsa.SetName", "version": 1, "value": { "typeName": "String", "expression": { "type": "Literal", "value": "order" } } },
              { "id": "b", "type": "Elsa.SetVariable", "version": 1, "variable": { "id": "total", "name": "total" }, "value": { "expression": { "type": "NCalc", "value": "[event.data.amount] * 2" } } },
              { "id": "c", "type": "Elsa.FlowDecision", "version": 1, "condition": { "typeName": "Boolean", "expression": { "type": "NCalc", "value": "total > 200" } } },
              {{fourth}},
              { "id": "e", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "done" } } } ],
            "connections": [
              { "source": { "activity": "a", "port": "Done" }, "target": { "activity": "b", "port": "In" } },
              { "source": { "activity": "b", "port": "Done" }, "target": { "activity": "c", "port": "In" } },
              { "source": { "activity": "c", "port": "True" }, "target": { "activity": "d", "port": "In" } },
              { "source": { "activity": "d", "port": "Done" }, "target": { "activity": "e", "port": "In" } } ] } }
        """);
}
