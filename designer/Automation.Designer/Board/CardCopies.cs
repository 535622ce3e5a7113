using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;

namespace Automation.Designer.Board;

/// <summary>Cards taken from a draft, to be put into it again or into another one.</summary>
/// <param name="Funnel">The slug of the draft's funnel.</param>
/// <param name="Connection">The CRM connection whose stages and fields they name.</param>
/// <param name="Triggers">In their order of execution.</param>
public sealed record CopiedCards(string Funnel, Guid Connection, IReadOnlyList<FunnelTrigger> Triggers)
{
    public ChangeName Change => Triggers.Count == 1 ? new(ChangeNames.Copied, [Triggers[0].Name]) : new(ChangeNames.CopiedMany, [$"{Triggers.Count}"]);
}

/// <summary>Copied cards as a funnel takes them in.</summary>
/// <param name="Strangers">How many of them have no stage that the funnel has: they stand at its first.</param>
public sealed record FittedCards(IReadOnlyList<FunnelTrigger> Triggers, int Strangers);

/// <summary>What becomes of copied cards in the funnel that they are put into. Pure.</summary>
public static class CardCopies
{
    private const int LongestId = 64;
    private const int Step = 10;

    /// <summary>
    /// Copies behind the funnel's own cards. Stages that the funnel lacks are dropped from a span; where none is left, its first stage takes
    /// their place. A name that is taken is told from the first.
    /// </summary>
    /// <param name="stage">Where the first of them goes, the others as far; null: each stays at its own stages.</param>
    /// <returns>Nothing for a funnel without stages: there a card would watch every deal.</returns>
    public static FittedCards Into(FunnelDocument funnel, CopiedCards copied, int? stage, Func<string, string> nameOfCopy)
    {
        if (funnel.Stages.Count == 0) return new([], 0);
        var fitted = copied.Triggers.Select(trigger => trigger with { When = trigger.When with { Stages = StagesIn(funnel, trigger) } }).ToList();
        if (stage is { } column) fitted = Shifted(funnel, fitted, column);
        var ids = funnel.Triggers.Select(trigger => trigger.Id).ToHashSet(StringComparer.Ordinal);
        var names = funnel.Triggers.Select(trigger => trigger.Name).ToHashSet(StringComparer.Ordinal);
        var order = funnel.Triggers.Select(trigger => trigger.Order).DefaultIfEmpty(0).Max();
        for (var i = 0; i < fitted.Count; i++)
        {
            var (id, name) = (BoardMoves.FreeId(IdIn(funnel, copied.Funnel, fitted[i].Id), ids), fitted[i].Name);
            fitted[i] = fitted[i] with { Id = id, Name = names.Contains(name) ? nameOfCopy(name) : name, Order = order + (i + 1) * Step };
            ids.Add(id);
        }

        return new(fitted, copied.Triggers.Count(trigger => IsStranger(funnel, trigger)));
    }

    private static bool IsStranger(FunnelDocument funnel, FunnelTrigger trigger) => trigger.When.Stages.Count > 0 && !funnel.Stages.Any(stage => trigger.When.Stages.Contains(stage.Ref));

    private static IReadOnlyList<StageRef> StagesIn(FunnelDocument funnel, FunnelTrigger trigger) => IsStranger(funnel, trigger)
        ? [funnel.Stages[0].Ref]
        : [.. funnel.Stages.Select(stage => stage.Ref).Where(trigger.When.Stages.Contains).Distinct()];

    private static List<FunnelTrigger> Shifted(FunnelDocument funnel, List<FunnelTrigger> cards, int stage)
    {
        var places = BoardLayout.Of(funnel with { Triggers = cards }).Cards.ToDictionary(card => card.Trigger.Id, StringComparer.Ordinal);
        var bound = places.Values.Where(card => !card.Everywhere).ToList();
        var shift = bound.Count == 0 ? 0 : stage - bound.Min(card => card.From);
        return [.. cards.Select(card => BoardMoves.Shifted(places[card.Id], shift, places[card.Id].Band, funnel))];
    }

    // The clock knows triggers by connection and id: one that follows a date or a schedule must not share its id with another funnel's.
    private static string IdIn(FunnelDocument funnel, string from, string id)
    {
        if (from == funnel.Slug) return id;
        var tail = $"-{funnel.Slug}";
        if (tail.Length > LongestId / 2) tail = tail[..(LongestId / 2)];
        return (id.Length + tail.Length > LongestId ? id[..(LongestId - tail.Length)] : id) + tail;
    }
}
