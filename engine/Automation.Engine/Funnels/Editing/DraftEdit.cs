using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Editing;

/// <summary>One part of a funnel's draft before and after a change.</summary>
/// <param name="Part">A trigger's id, or <see cref="Head"/>.</param>
/// <param name="Before">As it was when the author read it; null: it is new.</param>
/// <param name="After">As it becomes; null: it goes.</param>
/// <param name="At">For a new or a removed trigger: its place among the triggers, counted from 0; null for the end.</param>
public sealed record PartEdit(string Part, JObject? Before, JObject? After, int? At = null)
{
    /// <summary>Everything of a funnel but its triggers: name, connection, stages. It has no Before or After of null.</summary>
    public const string Head = "";
}

/// <summary>What a change is called; its words are made when it is shown, in the language of who looks.</summary>
/// <param name="Key">One of <see cref="ChangeNames"/>.</param>
/// <param name="Values">What the words are about, such as the name of a card.</param>
public sealed record ChangeName(string Key, IReadOnlyList<string> Values);

/// <summary>A change of a draft: it is laid over the draft as it is now, part by part, or refused as a whole.</summary>
public sealed record DraftEdit(ChangeName Name, IReadOnlyList<PartEdit> Edits);

/// <summary>Keys of <see cref="ChangeName"/>; <c>{0}</c> is the card's name unless it says otherwise.</summary>
public static class ChangeNames
{
    public const string Added = "added";
    public const string Removed = "removed";

    /// <summary>{0} number of cards.</summary>
    public const string RemovedMany = "removed_many";
    public const string Copied = "copied";

    /// <summary>{0} number of cards.</summary>
    public const string CopiedMany = "copied_many";
    public const string Moved = "moved";

    /// <summary>{0} number of cards.</summary>
    public const string MovedMany = "moved_many";
    public const string Stretched = "stretched";
    public const string Renamed = "renamed";
    public const string SwitchedOn = "switched_on";
    public const string SwitchedOff = "switched_off";

    /// <summary>{0} number of cards.</summary>
    public const string SwitchedMany = "switched_many";
    public const string When = "when";
    public const string If = "if";
    public const string Then = "then";

    /// <summary>A problem's quick fix.</summary>
    public const string Fixed = "fixed";

    /// <summary>{0} the funnel's new name.</summary>
    public const string FunnelRenamed = "funnel_renamed";
    public const string Stages = "stages";

    /// <summary>A whole document was put.</summary>
    public const string Imported = "imported";

    /// <summary>{0} version.</summary>
    public const string Restored = "restored";

    /// <summary>Studio's copy was applied.</summary>
    public const string Applied = "applied";

    /// <summary>{0} the template.</summary>
    public const string FromTemplate = "from_template";
    public const string Made = "made";
}
