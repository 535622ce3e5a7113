using System.Runtime.CompilerServices;
using Automation.Designer.Words;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;

namespace Automation.Designer.Board;

/// <summary>
/// Looks of the cards of one board. Each is made once for what it shows and given again until that changes: the board asks for all of them
/// whenever anything happens on its page, and hundreds of sentences take longer than a click may.
/// </summary>
public sealed class CardLooks(CardWords sentences, ScreenWords words)
{
    private readonly Dictionary<string, Kept> kept = new(StringComparer.Ordinal);
    private ConditionalWeakTable<FunnelTrigger, string> told = [];
    private (IReadOnlyList<Stage> Stages, CrmDirectory? Directory, bool English) toldFor;
    private DraftView? view;
    private ILookup<string, ProblemView> problems = Array.Empty<ProblemView>().ToLookup(problem => problem.Part);
    private Dictionary<string, string> differences = new(StringComparer.Ordinal);
    private FunnelDocument document = new() { Slug = "", Name = "" };
    private BoardLayout layout = BoardLayout.Of(new() { Slug = "", Name = "" });
    private CrmDirectory? directory;

    /// <summary>What the looks are of from now on.</summary>
    public void Use(DraftView of, FunnelDocument shown, BoardLayout laidOut, CrmDirectory? known)
    {
        if (ReferenceEquals(view, of) && ReferenceEquals(layout, laidOut) && ReferenceEquals(directory, known)) return;
        if (toldFor != (shown.Stages, known, words.English)) (told, toldFor) = ([], (shown.Stages, known, words.English));
        (view, document, layout, directory) = (of, shown, laidOut, known);
        problems = of.Problems.ToLookup(problem => problem.Part, StringComparer.Ordinal);
        differences = of.Changed.DistinctBy(part => part.Part).ToDictionary(part => part.Part, part => part.Kind, StringComparer.Ordinal);
        kept.Clear();
    }

    /// <summary>The look of a card: the same object as before where nothing of it changed.</summary>
    /// <param name="card">Of the layout that is in use.</param>
    /// <param name="reachable">The one card that Tab leads to.</param>
    public CardLook Of(CardPlace card, CardNumbers? numbers, bool chosen, bool reachable, TrialMark? trial)
    {
        if (kept.TryGetValue(card.Trigger.Id, out var last) && ReferenceEquals(last.Card, card) && last.Numbers == numbers && last.Look.Chosen == chosen && last.Look.Reachable == reachable && last.Look.Trial == trial) return last.Look;
        var look = Make(card, numbers, chosen, reachable, trial);
        kept[card.Trigger.Id] = new(card, numbers, look);
        return look;
    }

    private CardLook Make(CardPlace card, CardNumbers? numbers, bool chosen, bool reachable, TrialMark? trial)
    {
        var trigger = card.Trigger;
        var (errors, warnings) = (problems[trigger.Id].Count(problem => problem.Severity == "error"), problems[trigger.Id].Count(problem => problem.Severity == "warning"));
        return new(
            trigger.Id, trigger.Name, CardWords.Icon(trigger), told.GetValue(trigger, one => sentences.Sentence(one, document, directory, words.English)), PlaceOf(card), StateOf(trigger, errors), trigger.Enabled,
            differences.GetValueOrDefault(trigger.Id), errors, warnings, numbers, chosen, reachable, string.Join(' ', Bands.All.Where(band => Bands.EventIn(band, trigger.When.Event) is not null).Select(Bands.Name)), trial);
    }

    private string PlaceOf(CardPlace card)
    {
        var stage = card.Everywhere ? words["card.everyStage"] : layout.Stages[card.From].Name;
        return words["card.place", stage, card.Number, layout.Counts[card.Band][card.From]];
    }

    private string StateOf(FunnelTrigger trigger, int errors)
    {
        var state = words[trigger.Enabled ? "card.isOn" : "card.isOff"];
        return errors == 0 ? state : $"{state}. {words.Count("card.errors", errors)}";
    }

    private readonly record struct Kept(CardPlace Card, CardNumbers? Numbers, CardLook Look);
}
