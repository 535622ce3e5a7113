using Automation.Designer.Board;
using Automation.Designer.Words;
using Automation.Engine.Api.Trials;

namespace Automation.Designer.Trials;

/// <summary>Says in short what a back-test showed for a card.</summary>
public static class TrialLooks
{
    // A card is small: what is more stands in the panel.
    private const int MostOnACard = 4;

    public static TrialMark Mark(BackTestCardView card, ScreenWords words)
    {
        var now = card.Draft ?? new(0, 0, 0, 0, []);
        var state = card.Note is not null || now.Failed > 0 ? "failed" : now.Fired > 0 ? "fired" : now.Waiting > 0 ? "waits" : "skipped";
        return new(state, string.Join(" · ", Lines(card, words).Take(MostOnACard)));
    }

    /// <summary>Fired, skipped, what would be sent: each with what it was where that differs.</summary>
    public static IEnumerable<string> Lines(BackTestCardView card, ScreenWords words)
    {
        if (card.Note is { } note)
        {
            yield return note;
            yield break;
        }

        var (now, was) = (card.Draft ?? new(0, 0, 0, 0, []), card.Published);
        yield return Line(words["trial.fired"], now.Fired, was?.Fired, words);
        if (now.Skipped > 0 || was?.Skipped > 0) yield return Line(words["trial.skipped"], now.Skipped, was?.Skipped, words);
        if (now.Waiting > 0 || was?.Waiting > 0) yield return Line(words["trial.waiting"], now.Waiting, was?.Waiting, words);
        if (now.Failed > 0 || was?.Failed > 0) yield return Line(words["trial.failed"], now.Failed, was?.Failed, words);
        foreach (var act in now.Acts.Select(one => one.Act).Union(was?.Acts.Select(one => one.Act) ?? []))
            yield return Line(words[$"trial.act.{act}"], Count(now, act), was is null ? null : Count(was, act), words);
    }

    /// <summary>The draft does otherwise than what is published.</summary>
    public static bool Differs(BackTestCardView card) => card.Examples.Count > 0 || card.Note is not null || card.Draft is null || (card.Published is { } was && (card.Draft.Fired != was.Fired || !Same(card.Draft, was)));

    private static bool Same(TallyView one, TallyView other) => one.Acts.Select(act => act.Act).Union(other.Acts.Select(act => act.Act)).All(act => Count(one, act) == Count(other, act));

    private static int Count(TallyView tally, string act) => tally.Acts.FirstOrDefault(one => one.Act == act)?.Count ?? 0;

    private static string Line(string what, int now, int? was, ScreenWords words) =>
        was is { } before && before != now ? $"{what}: {words.Number(now)} ({words["trial.was", words.Number(before)]})" : $"{what}: {words.Number(now)}";
}
