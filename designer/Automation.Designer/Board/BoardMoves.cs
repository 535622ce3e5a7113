using Automation.Engine.Funnels;

namespace Automation.Designer.Board;

/// <summary>What dragging does to a funnel's document. Pure: each answers with the triggers that change, new ones among them.</summary>
public static class BoardMoves
{
    private const int Step = 10;

    /// <summary>Moves cards to a stage and lane, before another card or to its end; each keeps the length of its span.</summary>
    /// <param name="dragged">The card that was held: its first stage goes to <paramref name="stage"/>, the others as far.</param>
    /// <returns>The triggers as they become; empty when nothing moves.</returns>
    public static IReadOnlyList<FunnelTrigger> Move(FunnelDocument document, IReadOnlyList<string> ids, string dragged, int stage, Band band, string? before)
    {
        var layout = BoardLayout.Of(document);
        if (layout.Cards.FirstOrDefault(card => card.Trigger.Id == dragged) is not { } held) return [];
        var shift = held.Everywhere ? 0 : stage - held.From;
        var moved = layout.Cards.Where(card => ids.Contains(card.Trigger.Id)).Select(card => Shifted(card, shift, card.Trigger.Id == dragged ? band : card.Band, document)).ToList();
        return Reordered(document, moved, before);
    }

    /// <summary>Copies of cards at a stage, under new ids and names.</summary>
    public static IReadOnlyList<FunnelTrigger> Copy(FunnelDocument document, IReadOnlyList<string> ids, string dragged, int stage, Band band, string? before, Func<string, string> nameOfCopy)
    {
        var layout = BoardLayout.Of(document);
        if (layout.Cards.FirstOrDefault(card => card.Trigger.Id == dragged) is not { } held) return [];
        var shift = held.Everywhere ? 0 : stage - held.From;
        var taken = document.Triggers.Select(trigger => trigger.Id).ToHashSet(StringComparer.Ordinal);
        var copies = new List<FunnelTrigger>();
        foreach (var card in layout.Cards.Where(card => ids.Contains(card.Trigger.Id)))
        {
            var copy = Shifted(card, shift, card.Trigger.Id == dragged ? band : card.Band, document) with { Id = FreeId(card.Trigger.Id, taken), Name = nameOfCopy(card.Trigger.Name) };
            taken.Add(copy.Id);
            copies.Add(copy);
        }

        return Reordered(document, copies, before);
    }

    /// <summary>Gives a card the stages between two columns; its whole board makes it watch every stage only where it did before.</summary>
    public static FunnelTrigger Stretch(FunnelDocument document, FunnelTrigger trigger, int from, int to) =>
        trigger with { When = trigger.When with { Stages = [.. document.Stages.Skip(from).Take(to - from + 1).Select(stage => stage.Ref)] } };

    /// <summary>An id that the funnel does not have yet, as near to the wanted one as can be.</summary>
    public static string FreeId(string wanted, IReadOnlySet<string> taken)
    {
        if (!taken.Contains(wanted)) return wanted;
        var root = wanted.Length > 56 ? wanted[..56] : wanted;
        for (var number = 2; ; number++)
            if (!taken.Contains($"{root}-{number}")) return $"{root}-{number}";
    }

    /// <summary>The order number for a card that is put before another one, or last.</summary>
    /// <returns>Null where no number is free between the neighbours.</returns>
    public static int? OrderBefore(IReadOnlyList<FunnelTrigger> others, string? before)
    {
        if (others.Count == 0) return Step;
        var at = before is null ? others.Count : others.ToList().FindIndex(trigger => trigger.Id == before);
        if (at < 0) at = others.Count;
        if (at == others.Count) return others[^1].Order + Step;
        var (previous, next) = (at == 0 ? others[at].Order - 2 * Step : others[at - 1].Order, others[at].Order);
        return next - previous >= 2 ? previous + (next - previous) / 2 : null;
    }

    /// <summary>A card that stands some columns further, in another lane.</summary>
    internal static FunnelTrigger Shifted(CardPlace card, int shift, Band band, FunnelDocument document)
    {
        var when = card.Trigger.When with { Event = Bands.EventIn(band, card.Trigger.When.Event) ?? card.Trigger.When.Event };
        if (card.Everywhere || shift == 0) return card.Trigger with { When = when };
        // A span that would leave the board is pushed back onto it, not cut.
        var last = document.Stages.Count - 1;
        var real = Math.Clamp(shift, -card.From, last - card.To);
        var columns = Enumerable.Range(card.From, card.To - card.From + 1).Except(card.Gaps).Select(column => column + real);
        return card.Trigger with { When = when with { Stages = [.. columns.Select(column => document.Stages[column].Ref)] } };
    }

    /// <summary>Puts triggers before another one, changing as few as possible.</summary>
    private static List<FunnelTrigger> Reordered(FunnelDocument document, IReadOnlyList<FunnelTrigger> placed, string? before)
    {
        var ids = placed.Select(trigger => trigger.Id).ToHashSet(StringComparer.Ordinal);
        var others = BoardLayout.Ordered(document).Where(trigger => !ids.Contains(trigger.Id)).ToList();
        var changed = new List<FunnelTrigger>();
        foreach (var trigger in placed)
        {
            if (OrderBefore(others, before) is { } order)
            {
                changed.Add(trigger with { Order = order });
            }
            else
            {
                // No room: everything gets its number anew.
                var at = others.FindIndex(other => other.Id == before);
                others.Insert(at, trigger);
                changed = [.. others.Select((other, place) => other with { Order = (place + 1) * Step })];
                others = changed;
                continue;
            }

            var index = before is null ? others.Count : others.FindIndex(other => other.Id == before);
            others.Insert(index < 0 ? others.Count : index, changed[^1]);
        }

        var known = document.Triggers.ToDictionary(trigger => trigger.Id, StringComparer.Ordinal);
        return [.. changed.DistinctBy(trigger => trigger.Id).Where(trigger => !known.TryGetValue(trigger.Id, out var was) || was != trigger)];
    }
}
