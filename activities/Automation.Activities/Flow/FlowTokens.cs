using Newtonsoft.Json.Linq;

namespace Automation.Activities.Flow;

/// <summary>
/// The tokens that wait on a chart's arrows; part of the chart's state. A token comes when an arrow is followed and goes when its target is
/// scheduled.
/// </summary>
internal sealed class FlowTokens(IDictionary<string, JToken> properties)
{
    private const string Key = "tokens";

    /// <summary>The chart runs by tokens. Decided when it begins: a chart that waits keeps the way in which it began.</summary>
    public static bool Drive(IDictionary<string, JToken> properties) => properties.ContainsKey(Key);

    public static void Begin(IDictionary<string, JToken> properties) => properties[Key] = new JObject();

    /// <summary>Activities that a token waits for.</summary>
    public IReadOnlyList<string> Targets => [.. All.Properties().Select(target => target.Name)];

    private JObject All => (JObject)properties[Key];

    public void Put(FlowConnection connection)
    {
        if (All[connection.Target] is not JObject waiting) All[connection.Target] = waiting = [];
        waiting[connection.Key] = true;
    }

    public bool IsOn(FlowConnection connection) => All[connection.Target]?[connection.Key] is not null;

    public bool Wait(string target) => All.ContainsKey(target);

    /// <summary>Takes those that wait for the activity.</summary>
    public void Take(string target) => All.Remove(target);
}
