using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>What a trigger does, as a list of steps that can branch: another view of its flowchart. Immutable.</summary>
public sealed record FlowList(IReadOnlyList<FlowStep> Steps)
{
    public static readonly FlowList Empty = new([]);

    /// <summary>Every step at any depth, in reading order.</summary>
    public IEnumerable<FlowStep> All => Steps.SelectMany(step => step.WithInner);

    public FlowStep? Find(string id) => All.FirstOrDefault(step => step.Id == id);
}

/// <summary>One activity of the flowchart with the ways that leave it.</summary>
/// <param name="Activity">As it stands in the document, with whatever it holds.</param>
/// <param name="Ways">Exits that are followed, and those of a choice that are not. None: the flow ends with it.</param>
/// <param name="Join">Where the branches of a parallel step meet; null where they need no meeting place.</param>
public sealed record FlowStep(JObject Activity, IReadOnlyList<FlowWay> Ways, JObject? Join = null)
{
    public string Id => (string?)Activity["id"] ?? "";

    public string Type => (string?)Activity["type"] ?? "";

    public FlowKind Kind => FlowKinds.Of(Type);

    /// <summary>True: whatever follows it in its list is reached.</summary>
    public bool LeadsOn => Ways.Any(way => way.LeadsOn);

    /// <summary>The step and those inside its ways.</summary>
    public IEnumerable<FlowStep> WithInner => Ways.SelectMany(way => way.Steps).SelectMany(step => step.WithInner).Prepend(this);
}

/// <summary>What happens after one exit of a step.</summary>
/// <param name="Port">The exit's name in the document, such as <c>Done</c> or <c>True</c>.</param>
/// <param name="Steps">Done first; then it goes on with what follows the step.</param>
/// <param name="Ends">True: it does not go on.</param>
public sealed record FlowWay(string Port, IReadOnlyList<FlowStep> Steps, bool Ends = false)
{
    public bool LeadsOn => !Ends && (Steps.Count == 0 || Steps[^1].LeadsOn);
}

/// <summary>How a step stands in a list.</summary>
public enum FlowKind
{
    /// <summary>Does something, then goes on.</summary>
    Action,

    /// <summary>Chooses between its ways; each of them is always shown.</summary>
    Choice,

    /// <summary>Starts all of its ways at once.</summary>
    Parallel,

    /// <summary>Ends the flow.</summary>
    End,

    /// <summary>Marks where the flowchart begins, and does nothing.</summary>
    Start,
}

/// <summary>Activities that lists show in their own way.</summary>
public static class FlowKinds
{
    public const string Flowchart = "Elsa.Flowchart";
    public const string Decision = "Elsa.FlowDecision";
    public const string Fork = "Elsa.FlowFork";
    public const string Join = "Elsa.FlowJoin";
    public const string End = "Elsa.End";
    public const string WaitForEvent = "Automation.WaitForEvent";

    /// <summary>The exit that most activities go on by.</summary>
    public const string Done = "Done";

    private static readonly Dictionary<string, string[]> Choices = new(StringComparer.Ordinal) { [Decision] = ["True", "False"], [WaitForEvent] = ["Happened", "TimedOut"] };

    public static FlowKind Of(string type) => type switch
    {
        Fork => FlowKind.Parallel,
        End or "Elsa.Finish" or "Elsa.Complete" or "Elsa.Fault" => FlowKind.End,
        "Elsa.Start" => FlowKind.Start,
        _ => Choices.ContainsKey(type) ? FlowKind.Choice : FlowKind.Action,
    };

    /// <summary>Exits of a choice, first the one that was hoped for; none for other activities.</summary>
    public static IReadOnlyList<string> WaysOf(string type) => Choices.TryGetValue(type, out var ways) ? ways : [];
}
