using System.Globalization;
using Automation.Engine.Effects;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Outside;

/// <summary>The outside system: counts what is doubled, early or out of order. It knows keys, as the other side of policy "retry" does.</summary>
public sealed class Ledger(History history)
{
    private readonly Dictionary<string, Entry> byAction = new(StringComparer.Ordinal);
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Deal, string Word), long> last = [];
    private readonly HashSet<(string Key, SimulatedNode Node)> found = [];

    /// <summary>A call on its way.</summary>
    /// <param name="KnownBefore">The effect was there already when the call began.</param>
    public sealed record Sending(SimulatedNode Node, string Key, string Action, bool KnownBefore);

    private sealed record Entry(string Key, SimulatedNode Node);

    public bool Holds(string key) => keys.Contains(key);

    public bool HasAction(string action) => byAction.ContainsKey(action);

    public Sending Begin(SimulatedNode node, EffectCall call)
    {
        var action = (string)call.Request["action"]!;
        history.World.Tell(node.Name, $"calls {action} {call.Key[..6]} try {call.Try}");
        if (!history.Store.Effects.Values.Any(effect => call.Key.StartsWith(effect.Key, StringComparison.Ordinal)))
            history.Watch.Break($"{action} is called, and no commit has planned it: effect before commit");
        return new(node, call.Key, action, Holds(call.Key));
    }

    public void LookedUp(SimulatedNode node, string key)
    {
        if (!Holds(key)) found.Add((key, node));
    }

    public void Take(Sending sent)
    {
        history.World.Tell("ledger", $"takes {sent.Action} {sent.Key[..6]} from {sent.Node.Name}");
        keys.Add(sent.Key);
        if (!byAction.TryGetValue(sent.Action, out var first))
        {
            byAction[sent.Action] = new(sent.Key, sent.Node);
            CheckOrder(sent);
        }
        else if (first.Key != sent.Key)
        {
            history.Watch.Break($"{sent.Action} is done twice, under keys {first.Key[..6]} and {sent.Key[..6]}");
        }
        else if (history.Store.Effects.TryGetValue(sent.Key, out var effect))
        {
            CheckRepeat(sent, first, (EffectPolicy)effect.Policy);
        }
    }

    private void CheckRepeat(Sending sent, Entry first, EffectPolicy policy)
    {
        if (policy == EffectPolicy.Retry || history.Watch.WasDecided(sent.Key, EffectDecision.Again)) return;
        // Two lives may both look it up, or both have announced it, before one of them calls: nobody can tell that without the other side's help.
        var excused = policy == EffectPolicy.Verify && first.Node != sent.Node && (!sent.KnownBefore || history.Watch.HasBegun(sent.Key, sent.Node) || found.Contains((sent.Key, sent.Node)));
        if (!excused) history.Watch.Break($"{sent.Action} is done twice under one key, which policy {policy} prevents");
    }

    // What waits for its connector: first in, first out of the deal. A call that its deal no longer waits for may come late.
    private void CheckOrder(Sending sent)
    {
        var parts = sent.Action.Split(':');
        if (parts[2] is not ("a" or "b" or "h") || !history.Store.Effects.TryGetValue(sent.Key, out var effect)) return;
        if (effect.State != (int)EffectState.Sending || history.Watch.WereUnknown.Contains(sent.Key)) return;
        var number = history.Store.Events.First(row => row.DedupKey.Split('|')[0] == $"{parts[0]}:{parts[1]}").Number;
        var before = last.GetValueOrDefault((parts[0], parts[2]));
        if (number < before) history.Watch.Break(string.Create(CultureInfo.InvariantCulture, $"{sent.Action} of event {number} comes after the one of event {before}: order of the deal is lost"));
        last[(parts[0], parts[2])] = Math.Max(number, before);
    }
}
