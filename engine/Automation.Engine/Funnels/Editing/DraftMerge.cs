using System.Runtime.CompilerServices;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Editing;

/// <summary>A change that stands against what somebody did meanwhile.</summary>
/// <param name="part">A trigger's id, or <see cref="PartEdit.Head"/>.</param>
/// <param name="name">The trigger's name, or the funnel's.</param>
/// <param name="isGone">The part was removed meanwhile.</param>
public sealed class DraftConflictException(string part, string name, bool isGone) : Exception($"'{name}' was {(isGone ? "removed" : "changed")} meanwhile.")
{
    public string Part => part;

    public string Name => name;

    public bool IsGone => isGone;
}

/// <summary>Lays changes over a draft as it is now: part by part, and within a part property by property.</summary>
public static class DraftMerge
{
    private const string When = "when";

    // A draft is compared at every change, and most of its triggers are those of the last time. Nobody changes what is kept here.
    private static readonly ConditionalWeakTable<FunnelTrigger, JObject> Written = [];

    // Where a card stands among its neighbours is no work that could be lost: the last one holds.
    private const string Order = "order";

    /// <returns>The draft with the changes, and what they came to: each part as it was in this draft and as it is now. A part that is as it was is left out.</returns>
    /// <exception cref="DraftConflictException">Somebody changed the same thing; nothing is laid.</exception>
    /// <exception cref="FunnelInvalidException">A part is no trigger, or not the one that it says.</exception>
    public static (FunnelDocument Document, IReadOnlyList<PartEdit> Laid) Lay(FunnelDocument draft, IReadOnlyList<PartEdit> edits)
    {
        var laid = new List<PartEdit>();
        foreach (var edit in edits)
        {
            var (next, one) = edit.Part == PartEdit.Head ? LayHead(draft, edit) : LayTrigger(draft, edit);
            draft = next;
            if (one is not null) laid.Add(one);
        }

        return (draft, laid);
    }

    /// <summary>What takes edits back, last first.</summary>
    public static IReadOnlyList<PartEdit> Inverse(IReadOnlyList<PartEdit> laid) => [.. laid.Reverse().Select(edit => edit with { Before = edit.After, After = edit.Before })];

    /// <summary>The edits that make one draft out of another.</summary>
    public static IReadOnlyList<PartEdit> Between(FunnelDocument from, FunnelDocument to)
    {
        var edits = new List<PartEdit>();
        var (head, wanted) = (FunnelJson.HeadOf(from), FunnelJson.HeadOf(to));
        if (!JToken.DeepEquals(head, wanted)) edits.Add(new(PartEdit.Head, head, wanted));
        var (before, after) = (ById(from), ById(to));
        for (var (i, gone) = (0, 0); i < from.Triggers.Count; i++)
            if (!after.ContainsKey(from.Triggers[i].Id)) edits.Add(new(from.Triggers[i].Id, JsonOf(from.Triggers[i]), null, i - gone++));
        for (var i = 0; i < to.Triggers.Count; i++)
        {
            var (was, becomes) = (before.GetValueOrDefault(to.Triggers[i].Id), to.Triggers[i]);
            if (was is null) edits.Add(new(becomes.Id, null, JsonOf(becomes), i));
            else if (!ReferenceEquals(was, becomes) && !JToken.DeepEquals(JsonOf(was), JsonOf(becomes))) edits.Add(new(becomes.Id, JsonOf(was), JsonOf(becomes)));
        }

        return edits;
    }

    private static Dictionary<string, FunnelTrigger> ById(FunnelDocument document) => document.Triggers.DistinctBy(trigger => trigger.Id).ToDictionary(trigger => trigger.Id, StringComparer.Ordinal);

    private static JObject JsonOf(FunnelTrigger trigger) => Written.GetValue(trigger, FunnelJson.ToJson);

    private static (FunnelDocument, PartEdit?) LayHead(FunnelDocument draft, PartEdit edit)
    {
        var now = FunnelJson.HeadOf(draft);
        if (edit.Before is null || edit.After is null) throw Invalid("A funnel's head is changed, neither made nor removed.");
        var (before, after) = (FunnelJson.HeadOf(FunnelJson.ReadHead(edit.Before)), FunnelJson.HeadOf(FunnelJson.ReadHead(edit.After)));
        if (!TryMerge(before, after, now, out var merged)) throw new DraftConflictException(PartEdit.Head, draft.Name, isGone: false);
        // The short name is the funnel's address: it stays.
        var head = FunnelJson.ReadHead(merged) with { Slug = draft.Slug, Triggers = draft.Triggers };
        var result = FunnelJson.HeadOf(head);
        return JToken.DeepEquals(now, result) ? (draft, null) : (head, new(PartEdit.Head, now, result));
    }

    private static (FunnelDocument, PartEdit?) LayTrigger(FunnelDocument draft, PartEdit edit)
    {
        var triggers = draft.Triggers.ToList();
        var at = triggers.FindIndex(trigger => trigger.Id == edit.Part);
        var now = at < 0 ? null : JsonOf(triggers[at]);
        var (before, after) = (Normal(edit.Before, edit.Part), Normal(edit.After, edit.Part));
        if (JToken.DeepEquals(now, after)) return (draft, null);
        if (now is null)
        {
            if (before is not null) throw new DraftConflictException(edit.Part, NameOf(before) ?? edit.Part, isGone: true);
            at = Math.Min(edit.At ?? triggers.Count, triggers.Count);
            triggers.Insert(at, FunnelJson.ReadTrigger(after!));
            return (draft with { Triggers = triggers }, new(edit.Part, null, after, at));
        }

        if (after is null)
        {
            if (!JToken.DeepEquals(WithoutOrder(now), WithoutOrder(before))) throw Conflict();
            triggers.RemoveAt(at);
            return (draft with { Triggers = triggers }, new(edit.Part, now, null, at));
        }

        if (before is null || !TryMerge(before, after, now, out var merged)) throw Conflict();
        if (JToken.DeepEquals(now, merged)) return (draft, null);
        triggers[at] = FunnelJson.ReadTrigger(merged);
        return (draft with { Triggers = triggers }, new(edit.Part, now, merged));

        DraftConflictException Conflict() => new(edit.Part, NameOf(now) ?? edit.Part, isGone: false);
    }

    /// <summary>Three ways: a property that only one side changed is that side's.</summary>
    private static bool TryMerge(JObject before, JObject after, JObject now, out JObject merged)
    {
        merged = (JObject)now.DeepClone();
        foreach (var name in before.Properties().Concat(after.Properties()).Select(property => property.Name).Distinct(StringComparer.Ordinal).ToList())
        {
            var (was, wanted, found) = (before[name], after[name], now[name]);
            if (JToken.DeepEquals(was, wanted) || JToken.DeepEquals(wanted, found)) continue;
            if (JToken.DeepEquals(was, found) || name == Order) Set(merged, name, wanted);
            else if (name == When && was is JObject one && wanted is JObject other && found is JObject third && TryMerge(one, other, third, out var inner)) merged[name] = inner;
            else return false;
        }

        return true;
    }

    private static void Set(JObject target, string name, JToken? value)
    {
        if (value is null) target.Remove(name);
        else target[name] = value.DeepClone();
    }

    private static JObject? Normal(JObject? trigger, string part)
    {
        if (trigger is null) return null;
        var read = FunnelJson.ReadTrigger(trigger);
        return read.Id == part ? FunnelJson.ToJson(read) : throw Invalid($"The trigger's id is '{read.Id}', and the part is '{part}'.");
    }

    private static JObject? WithoutOrder(JObject? trigger)
    {
        var bare = (JObject?)trigger?.DeepClone();
        bare?.Remove(Order);
        return bare;
    }

    private static string? NameOf(JObject trigger) => (string?)trigger["name"];

    private static FunnelInvalidException Invalid(string message) => new([new("edits", "definition_invalid", message)]);
}
