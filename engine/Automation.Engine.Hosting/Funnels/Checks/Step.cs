using System.Runtime.CompilerServices;
using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>A step of a trigger's workflow as its document has it.</summary>
internal sealed record Step(JObject Node, string Id, string Type)
{
    // Every check asks for them, at every change of a draft whose other triggers stay what they were.
    private static readonly ConditionalWeakTable<FunnelTrigger, IReadOnlyList<Step>> Known = [];

    /// <summary>What people call it; its id where they do not.</summary>
    public string Name => (string?)Node["name"] is { Length: > 0 } given ? given : Id;

    /// <summary>All of a workflow, those inside containers too.</summary>
    public static IEnumerable<Step> Of(JObject? workflow) => (workflow?["root"] as JObject)?.DescendantsAndSelf().OfType<JObject>()
        .Where(node => node["id"] is JValue { Value: string } && node["type"] is JValue { Value: string })
        .Select(node => new Step(node, (string)node["id"]!, (string)node["type"]!)) ?? [];

    /// <summary>Steps that do something.</summary>
    public static IReadOnlyList<Step> Doing(FunnelTrigger trigger) => Known.GetValue(trigger, one => [.. Of(one.Then).Where(step => step.Type is not ("Elsa.Flowchart" or "Elsa.Sequence" or "Elsa.Start" or "Elsa.End"))]);

    /// <summary>An input that is written down as it is; null when it is empty or computed.</summary>
    public string? Literal(string input) => Node[input] switch
    {
        JValue { Value: string { Length: > 0 } text } => text,
        JObject wrapped when wrapped["expression"] is JObject expression && (string?)expression["type"] == "Literal" => expression["value"] is JValue { Value: not null } value && value.ToString(System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null,
        _ => null,
    };

    /// <summary>Nothing stands there, in whatever syntax.</summary>
    public bool IsEmpty(string input) => Node[input] switch
    {
        null or JValue { Value: null } or JValue { Value: "" } => true,
        JObject wrapped => wrapped["expression"] is not JObject expression || expression["value"] is null or JValue { Value: null } or JValue { Value: "" },
        _ => false,
    };

    /// <summary>The trigger with another value in one of the step's inputs.</summary>
    public FunnelTrigger With(FunnelTrigger trigger, string input, string value)
    {
        var then = (JObject)trigger.Then!.DeepClone();
        var node = Of(then).First(step => step.Id == Id).Node;
        if (node[input] is JObject { } wrapped && wrapped["expression"] is JObject expression) expression["value"] = value;
        else node[input] = value;
        return trigger with { Then = then };
    }
}
