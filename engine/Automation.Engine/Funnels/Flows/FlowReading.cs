using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>A workflow as a list, or why it is none.</summary>
/// <param name="List">Null: only the diagram shows it all.</param>
/// <param name="Reason">One of <see cref="FlowReasons"/> where there is no list.</param>
/// <param name="Activities">What it does, as far as a list can say: the chart's activities in the order in which they follow one another.</param>
public sealed record FlowReading(FlowList? List, string? Reason, IReadOnlyList<JObject> Activities);

/// <summary>Why a workflow cannot be a list and be given back unchanged.</summary>
public static class FlowReasons
{
    /// <summary>Its outermost activity is no flowchart.</summary>
    public const string NoChart = "no_chart";

    /// <summary>An activity without an id or with another's, or an arrow from or to nowhere.</summary>
    public const string Broken = "broken";

    /// <summary>It says how tokens are merged.</summary>
    public const string MergeModes = "merge_modes";

    /// <summary>Several arrows leave one exit.</summary>
    public const string SeveralArrows = "several_arrows";

    /// <summary>Steps that nothing leads to, or another start than the first.</summary>
    public const string Loose = "loose";

    /// <summary>An arrow leads back.</summary>
    public const string Loop = "loop";

    /// <summary>Branches cross.</summary>
    public const string Tangled = "tangled";

    public static readonly IReadOnlyList<string> All = [NoChart, Broken, MergeModes, SeveralArrows, Loose, Loop, Tangled];
}

/// <summary>Ends the reading of a chart that is no list.</summary>
internal sealed class FlowNotListedException(string reason) : Exception(reason)
{
    public string Reason => Message;
}
