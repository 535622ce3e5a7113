using Automation.Engine.Funnels;

namespace Automation.Designer.Board;

/// <summary>Where a card stands.</summary>
/// <param name="From">First column, from 0.</param>
/// <param name="To">Last column.</param>
/// <param name="Row">Row within its lane, from 0: a card never stands above one that goes before it in a stage of both.</param>
/// <param name="Number">Its place in the order of execution within its lane and first stage, from 1.</param>
/// <param name="Everywhere">It watches every stage.</param>
/// <param name="Gaps">Columns between the first and the last that it does not watch; none for a card that stands first because the funnel has none of its stages.</param>
public sealed record CardPlace(FunnelTrigger Trigger, Band Band, int From, int To, int Row, int Number, bool Everywhere, IReadOnlyList<int> Gaps);

/// <summary>The board of a funnel: columns in its order, cards packed into lanes. Pure.</summary>
/// <param name="Counts">Cards over each column, by lane.</param>
public sealed record BoardLayout(IReadOnlyList<Stage> Stages, IReadOnlyDictionary<Band, IReadOnlyList<IReadOnlyList<CardPlace>>> Lanes, IReadOnlyDictionary<Band, int[]> Counts)
{
    public IEnumerable<CardPlace> Cards => Bands.All.SelectMany(band => Lanes[band]).SelectMany(row => row);

    public static BoardLayout Of(FunnelDocument document)
    {
        var columns = document.Stages.Select((stage, column) => (stage.Ref, column)).DistinctBy(one => one.Ref).ToDictionary(one => one.Ref, one => one.column);
        var last = Math.Max(0, document.Stages.Count - 1);
        var lanes = new Dictionary<Band, IReadOnlyList<IReadOnlyList<CardPlace>>>();
        foreach (var band in Bands.All)
        {
            var cards = Ordered(document).Where(trigger => Bands.Of(trigger.When.Event) == band);
            lanes[band] = Pack(cards, band, columns, last);
        }

        return new(document.Stages, lanes, Bands.All.ToDictionary(band => band, band => Count(lanes[band], last)));
    }

    private static int[] Count(IReadOnlyList<IReadOnlyList<CardPlace>> rows, int last)
    {
        var counts = new int[last + 1];
        foreach (var card in rows.SelectMany(row => row))
            for (var column = card.From; column <= card.To; column++) counts[column]++;
        return counts;
    }

    /// <summary>Triggers in the order in which one event runs them.</summary>
    public static IEnumerable<FunnelTrigger> Ordered(FunnelDocument document) =>
        document.Triggers.Select((trigger, place) => (trigger, place)).OrderBy(one => one.trigger.Order).ThenBy(one => one.place).Select(one => one.trigger);

    private static List<IReadOnlyList<CardPlace>> Pack(IEnumerable<FunnelTrigger> cards, Band band, Dictionary<StageRef, int> columns, int last)
    {
        var (filled, counts, rows) = (new int[last + 1], new int[last + 1], new List<List<CardPlace>>());
        foreach (var trigger in cards)
        {
            var own = trigger.When.Stages.Where(columns.ContainsKey).Select(stage => columns[stage]).Distinct().Order().ToList();
            // One of stages that the funnel no longer has stands first, with its problem on it.
            var everywhere = trigger.When.Stages.Count == 0;
            var (from, to) = everywhere ? (0, last) : own.Count == 0 ? (0, 0) : (own[0], own[^1]);
            var row = filled[from..(to + 1)].Max();
            for (var column = from; column <= to; column++) filled[column] = row + 1;
            while (rows.Count <= row) rows.Add([]);
            rows[row].Add(new(trigger, band, from, to, row, ++counts[from], everywhere, own.Count == 0 ? [] : [.. Enumerable.Range(from, to - from + 1).Except(own)]));
            for (var column = from + 1; column <= to; column++) counts[column]++;
        }

        return [.. rows.Select(row => (IReadOnlyList<CardPlace>)[.. row.OrderBy(card => card.From)])];
    }
}
