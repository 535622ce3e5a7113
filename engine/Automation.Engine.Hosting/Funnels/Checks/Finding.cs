using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Something wrong, or doubtful, in a draft.</summary>
/// <param name="IsError">It cannot be published so.</param>
/// <param name="Part">A trigger's id; empty for the funnel's head.</param>
/// <param name="Place">when, if, then, or <c>then/{activity}/{input}</c>; empty for the part as a whole.</param>
public sealed record Finding(bool IsError, string Code, string Part, string Place, Wording Message)
{
    /// <summary>Changes that put it right, most likely first.</summary>
    public IReadOnlyList<Fix> Fixes { get; init; } = [];
}

public sealed record Fix(Wording Title, DraftEdit Edit)
{
    public static Fix Of(FunnelTrigger trigger, FunnelTrigger mended, string ru, string en) =>
        new(new(ru, en), new(new(ChangeNames.Fixed, [trigger.Name]), [new(trigger.Id, FunnelJson.ToJson(trigger), FunnelJson.ToJson(mended))]));
}

/// <summary>What is looked at.</summary>
/// <param name="Others">Published triggers of the account's other funnels on the same CRM, with their workflows.</param>
/// <param name="Directory">Null while nobody has read the CRM's directory.</param>
public sealed record CheckedDraft(FunnelDocument Document, IReadOnlyList<(string Funnel, FunnelTrigger Trigger)> Others, Ports.CrmDirectory? Directory);
