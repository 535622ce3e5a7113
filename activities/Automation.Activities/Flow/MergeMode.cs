using Automation.Engine.Workflows;

namespace Automation.Activities.Flow;

/// <summary>What an activity with several ways in waits for, where its chart runs by tokens: <c>customProperties.mergeMode</c>.</summary>
public enum MergeMode
{
    /// <summary>Nothing chosen: as <see cref="Stream"/>.</summary>
    None,

    /// <summary>Until nothing that leads straight to it is under way. Ways that are not taken do not count.</summary>
    Stream,

    /// <summary>A token on each way in that leads forward. A way that is not taken keeps it from running.</summary>
    Merge,

    /// <summary>A token on each way in, those of loops too.</summary>
    Converge,

    /// <summary>Nothing: it runs once for each token.</summary>
    Cascade,

    /// <summary>The first token; what is under way on the other ways is cancelled.</summary>
    Race,
}

internal static class MergeModes
{
    private const string Property = "mergeMode";
    private const string Execution = "Flowchart:ExecutionMode";

    /// <summary>
    /// A chart runs by tokens when one of its activities has a merge mode, or when it says so itself by
    /// <c>customProperties["Flowchart:ExecutionMode"] = "TokenBased"</c>; with <c>CounterBased</c> merge modes are not looked at.
    /// </summary>
    public static bool RunsByTokens(Flowchart chart) => chart.CustomProperties.TryGetValue(Execution, out var mode)
        ? mode.ToString() == "TokenBased"
        : chart.Activities.Any(activity => Of(activity) != MergeMode.None);

    public static MergeMode Of(IActivity activity) =>
        activity.CustomProperties.TryGetValue(Property, out var mode) && Enum.TryParse<MergeMode>(mode.ToString(), true, out var known) && Enum.IsDefined(known) ? known : MergeMode.None;

    public static MergeMode Of(FlowJoinMode join) => join switch
    {
        FlowJoinMode.WaitAny => MergeMode.Race,
        FlowJoinMode.WaitAll => MergeMode.Merge,
        _ => MergeMode.Stream,
    };
}
