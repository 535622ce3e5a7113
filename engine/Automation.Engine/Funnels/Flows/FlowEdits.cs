using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>A place in a list between two steps.</summary>
/// <param name="Parent">The step in one of whose ways it is; null: the list itself.</param>
/// <param name="Port">That way.</param>
/// <param name="Index">Steps that stand before it there.</param>
public sealed record FlowPlace(string? Parent, string? Port, int Index)
{
    public static FlowPlace Top(int index) => new(null, null, index);
}

/// <summary>Changes of lists. Each gives a new list, or null where it would make steps that nothing leads to.</summary>
public static class FlowEdits
{
    public static FlowList? Insert(FlowList list, FlowPlace place, FlowStep step) => Sound(new(Put(list.Steps, place, step)));

    /// <summary>Takes a step away with everything inside its ways.</summary>
    public static FlowList? Remove(FlowList list, string id) => Sound(new(Without(list.Steps, id)));

    /// <param name="place">As it is before the step is taken out.</param>
    /// <returns>Null, too, for a place inside the step itself.</returns>
    public static FlowList? Move(FlowList list, string id, FlowPlace place)
    {
        if (list.Find(id) is not { } step || step.WithInner.Any(inner => inner.Id == place.Parent)) return null;
        var from = PlaceOf(list, id)!;
        var shifted = from.Parent == place.Parent && from.Port == place.Port && from.Index < place.Index ? place with { Index = place.Index - 1 } : place;
        return Sound(new(Put(Without(list.Steps, id), shifted, step)));
    }

    /// <summary>Puts a copy right behind a step, with ids of its own.</summary>
    public static FlowList? Duplicate(FlowList list, string id, Func<string> newId)
    {
        if (list.Find(id) is not { } step || PlaceOf(list, id) is not { } place) return null;
        return Insert(list, place with { Index = place.Index + 1 }, Copy(step, newId));
    }

    /// <summary>A step with other inputs, ways or branches in its place.</summary>
    public static FlowList? Replace(FlowList list, string id, Func<FlowStep, FlowStep> change) => Sound(new(Changed(list.Steps, id, change)));

    /// <summary>Null where the list has no such step.</summary>
    public static FlowPlace? PlaceOf(FlowList list, string id) => PlaceIn(list.Steps, id, null, null);

    /// <summary>An id that no activity of the workflow has, at any depth.</summary>
    public static Func<string> NewIds(JObject? document, FlowList list)
    {
        var taken = (document ?? []).Descendants().OfType<JProperty>().Where(property => property.Name == "id" && property.Value.Type == JTokenType.String).Select(property => (string)property.Value!).ToHashSet(StringComparer.Ordinal);
        taken.UnionWith(list.All.Select(step => step.Id));
        var number = 0;
        return () =>
        {
            do number++; while (!taken.Add($"step{number}"));
            return $"step{number}";
        };
    }

    /// <summary>A new activity.</summary>
    /// <param name="ways">Its ways; the places of the diagram are found when it is written.</param>
    public static FlowStep New(string id, string type, int version, params IReadOnlyList<FlowWay> ways) => new(new JObject { ["id"] = id, ["type"] = type, ["version"] = version }, ways);

    /// <summary>Two or more chains at once, going on when those that were begun have ended.</summary>
    public static FlowStep NewParallel(Func<string> newId, IReadOnlyList<string> branches)
    {
        var fork = FlowBranches.With(new JObject { ["id"] = newId(), ["type"] = FlowKinds.Fork, ["version"] = 1 }, branches);
        var join = new JObject
        {
            ["id"] = newId(),
            ["type"] = FlowKinds.Join,
            ["version"] = 1,
            ["mode"] = new JObject { ["typeName"] = "FlowJoinMode", ["expression"] = new JObject { ["type"] = "Literal", ["value"] = "WaitAllActive" } },
        };
        return new(fork, [.. branches.Select(branch => new FlowWay(branch, []))], join);
    }

    private static FlowList? Sound(FlowList list) => IsSound(list.Steps) ? list : null;

    private static bool IsSound(IReadOnlyList<FlowStep> steps) =>
        steps.SkipLast(1).All(step => step.LeadsOn) && steps.All(step => step.Ways.All(way => IsSound(way.Steps)) && steps.All(other => other.Kind != FlowKind.Start || ReferenceEquals(other, steps[0])));

    private static List<FlowStep> Put(IReadOnlyList<FlowStep> steps, FlowPlace place, FlowStep step)
    {
        if (place.Parent is null)
        {
            var list = steps.ToList();
            list.Insert(Math.Clamp(place.Index, 0, list.Count), step);
            return list;
        }

        return Changed(steps, place.Parent, parent => parent with { Ways = [.. parent.Ways.Select(way => way.Port == place.Port ? way with { Steps = Put(way.Steps, FlowPlace.Top(place.Index), step) } : way)] });
    }

    private static List<FlowStep> Without(IReadOnlyList<FlowStep> steps, string id) =>
        [.. steps.Where(step => step.Id != id).Select(step => step with { Ways = [.. step.Ways.Select(way => way with { Steps = Without(way.Steps, id) })] })];

    private static List<FlowStep> Changed(IReadOnlyList<FlowStep> steps, string id, Func<FlowStep, FlowStep> change) =>
        [.. steps.Select(step => step.Id == id ? change(step) : step with { Ways = [.. step.Ways.Select(way => way with { Steps = Changed(way.Steps, id, change) })] })];

    private static FlowPlace? PlaceIn(IReadOnlyList<FlowStep> steps, string id, string? parent, string? port)
    {
        for (var at = 0; at < steps.Count; at++)
        {
            if (steps[at].Id == id) return new(parent, port, at);
            foreach (var way in steps[at].Ways)
                if (PlaceIn(way.Steps, id, steps[at].Id, way.Port) is { } inner) return inner;
        }

        return null;
    }

    private static FlowStep Copy(FlowStep step, Func<string> newId) => new(Renamed(step.Activity, newId), [.. step.Ways.Select(way => way with { Steps = [.. way.Steps.Select(inner => Copy(inner, newId))] })], step.Join is null ? null : Renamed(step.Join, newId));

    // What is inside an activity (a loop's body) gets ids of its own, too; the copy finds its own place on the diagram.
    private static JObject Renamed(JObject activity, Func<string> newId)
    {
        var copy = (JObject)activity.DeepClone();
        foreach (var inner in copy.DescendantsAndSelf().OfType<JObject>().Where(one => one["id"]?.Type == JTokenType.String && one["type"]?.Type == JTokenType.String).ToList()) inner["id"] = newId();
        copy.Remove("nodeId");
        (copy.SelectToken("metadata.designer") as JObject)?.Remove("position");
        return copy;
    }
}
