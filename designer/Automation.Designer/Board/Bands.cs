using Automation.Engine.Funnels;

namespace Automation.Designer.Board;

/// <summary>The three lanes of a board: what happens when a deal comes in, while it is there, when it leaves.</summary>
public enum Band { Entering, Here, Leaving }

/// <summary>Which lane an event stands in, and what becomes of it in another one.</summary>
public static class Bands
{
    public static readonly IReadOnlyList<Band> All = [Band.Entering, Band.Here, Band.Leaving];

    public static Band Of(string occurrence) => occurrence switch
    {
        TriggerEvents.CreatedInStage or TriggerEvents.EnteredStage or TriggerEvents.CreatedOrEntered or TriggerEvents.IncomingLead => Band.Entering,
        TriggerEvents.LeftStage or TriggerEvents.Deleted => Band.Leaving,
        _ => Band.Here,
    };

    public static string Name(Band band) => band switch { Band.Entering => "entering", Band.Leaving => "leaving", _ => "here" };

    public static Band Parse(string name) => name switch { "entering" => Band.Entering, "leaving" => Band.Leaving, _ => Band.Here };

    /// <summary>The event of a card that is put into another lane; null where its own event cannot happen there.</summary>
    public static string? EventIn(Band band, string occurrence) => band == Of(occurrence) ? occurrence : (band, occurrence) switch
    {
        (Band.Entering, TriggerEvents.LeftStage) => TriggerEvents.CreatedOrEntered,
        (Band.Leaving, TriggerEvents.CreatedInStage or TriggerEvents.EnteredStage or TriggerEvents.CreatedOrEntered) => TriggerEvents.LeftStage,
        _ => null,
    };
}
