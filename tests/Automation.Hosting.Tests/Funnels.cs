using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>Small funnels for tests.</summary>
internal static class Funnel
{
    public const string Pipeline = "8240010";
    public const string New = "68120450";
    public const string Qualified = "68120454";
    public const string Meeting = "68120458";

    public static StageRef Stage(string id) => new(Pipeline, id);

    public static FunnelDocument Of(params FunnelTrigger[] triggers) => new() { Slug = "test", Name = "Test", Connection = "crm", Triggers = triggers };

    public static FunnelTrigger Trigger(string id, When when, JObject then, string? condition = null, Reentry reentry = Reentry.OncePerVisit, OnLeave onLeave = OnLeave.Cancel) => new()
    {
        Id = id,
        Name = id,
        When = when,
        Then = then,
        If = condition is null ? null : new("NCalc", condition),
        Reentry = reentry,
        OnLeave = onLeave,
    };

    public static When Entered(params string[] stages) => new() { Event = TriggerEvents.EnteredStage, Stages = [.. stages.Select(Stage)] };

    public static JObject Flow(params JObject[] activities)
    {
        var connections = activities.Zip(activities.Skip(1)).Select(pair => new JObject
        {
            ["source"] = new JObject { ["activity"] = pair.First["id"], ["port"] = "Done" },
            ["target"] = new JObject { ["activity"] = pair.Second["id"], ["port"] = "In" },
        });
        return new JObject
        {
            ["name"] = "test",
            ["root"] = new JObject { ["id"] = "flow", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = new JArray(activities), ["connections"] = new JArray(connections) },
        };
    }

    public static JObject Activity(string id, string type, params (string Name, string Type, JToken Value)[] inputs)
    {
        var activity = new JObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, expression, value) in inputs) activity[name] = new JObject { ["expression"] = new JObject { ["type"] = expression, ["value"] = value } };
        return activity;
    }

    public static JObject Sms(string text = "Сделка {{ deal.name }}", string id = "sms") => Activity(id, "Crm.SendSms", ("text", "Liquid", text));

    public static JObject Note(string text, string id = "note") => Activity(id, "Crm.AddNote", ("text", "Liquid", text));
}
