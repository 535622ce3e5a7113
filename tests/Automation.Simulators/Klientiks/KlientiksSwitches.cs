namespace Automation.Simulators.Klientiks;

/// <summary>Ways in which the booking system may differ from the plain reading of its documents.</summary>
public sealed class KlientiksSwitches
{
    /// <summary>Every add and move is refused: the time is taken.</summary>
    public bool EverySlotTaken { get; set; }

    /// <summary>Visits of one executor may overlap. Default false.</summary>
    public bool AllowOverlap { get; set; }

    /// <summary>Empty lists answer with <c>"items": "No data"</c>. Default true, as seen live.</summary>
    public bool EmptyItemsAsText { get; set; } = true;

    /// <summary>Lists of one element answer with the object itself in <c>items</c>.</summary>
    public bool SingleItemAsObject { get; set; }

    /// <summary>Success is <c>"status": true</c> instead of <c>"ok"</c>.</summary>
    public bool StatusAsBoolean { get; set; }

    /// <summary>An empty error map is written as <c>[]</c>, as PHP does.</summary>
    public bool EmptyErrorsAsArray { get; set; }

    /// <summary>Starts and finishes are rounded to 15 minutes when stored.</summary>
    public bool RoundToQuarter { get; set; }

    /// <summary>The <c>offset</c> of a list's answer is the asked one, not the next one.</summary>
    public bool OffsetAsAsked { get; set; }

    /// <summary>Reads show this state instead of the stored one; null for the truth.</summary>
    public string? UnknownState { get; set; }

    /// <summary>Calls answer 200 with an HTML page.</summary>
    public bool HtmlPage { get; set; }

    /// <summary>How often a hook is sent: 0 never, 2 twice. Default 1.</summary>
    public int HookCopies { get; set; } = 1;

    /// <summary>Pause before a hook, by the clock. Default none.</summary>
    public TimeSpan HookDelay { get; set; }

    /// <summary>Hooks name a visit that is not the changed one.</summary>
    public bool HookWithWrongData { get; set; }
}
