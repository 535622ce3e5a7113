using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels.Flows;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Flow;

/// <summary>What every step of a list draws on, and what it asks the list for.</summary>
/// <param name="Activities">By type.</param>
/// <param name="Open">Ids of the steps whose forms are shown.</param>
public sealed record StepScene(
    IReadOnlyDictionary<string, ActivityView> Activities, FlowWords Words, CrmDirectory? Directory, string? Connection, string? Deal, bool Editable, IReadOnlySet<string> Open,
    Func<StepRequest, Task> Ask)
{
    public ActivityView? ViewOf(FlowStep step) => Activities.GetValueOrDefault(step.Type);

    /// <summary>The step in a few words.</summary>
    public string Title(FlowStep step)
    {
        var words = Words.Of(step);
        if (words == step.Type) words = ViewOf(step)?.Name ?? words;
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }
}

/// <summary>Something that is asked of a list.</summary>
public abstract record StepRequest
{
    private StepRequest() { }

    /// <summary>Shows or hides a step's form.</summary>
    public sealed record Toggle(string Step) : StepRequest;

    /// <summary>Asks what to add, then adds it.</summary>
    /// <param name="CanEnd">Nothing follows there: the flow may end with what is added.</param>
    public sealed record Add(FlowPlace Place, bool CanEnd) : StepRequest;

    /// <summary>The same as the first step after an exit that is not followed yet.</summary>
    public sealed record AddWay(string Step, string Port) : StepRequest;

    public sealed record Remove(string Step) : StepRequest;

    public sealed record Duplicate(string Step) : StepRequest;

    /// <summary>One up or down among its neighbours.</summary>
    public sealed record Shift(string Step, int By) : StepRequest;

    /// <summary>Into the first way of the step before it.</summary>
    public sealed record Nest(string Step) : StepRequest;

    /// <summary>Out of its way, behind the step that the way belongs to.</summary>
    public sealed record Unnest(string Step) : StepRequest;

    /// <summary>Other inputs, ways or branches.</summary>
    public sealed record Change(string Step, Func<FlowStep, FlowStep> How) : StepRequest;

    public sealed record Diagram : StepRequest;
}

/// <summary>Changes of a step that forms make.</summary>
public static class StepChanges
{
    /// <summary>Another value of an input; null takes it away.</summary>
    public static FlowStep WithInput(this FlowStep step, string input, JToken? value)
    {
        var activity = (JObject)step.Activity.DeepClone();
        if (value is null) activity.Remove(input);
        else activity[input] = value.DeepClone();
        return step with { Activity = activity };
    }

    public static FlowStep WithWay(this FlowStep step, string port, Func<FlowWay, FlowWay> change) => step with { Ways = [.. step.Ways.Select(way => way.Port == port ? change(way) : way)] };

    /// <summary>One branch more of a parallel step.</summary>
    public static FlowStep WithBranch(this FlowStep step)
    {
        var names = FlowBranches.Read(step.Activity);
        var name = Enumerable.Range(1, names.Count + 1).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)).First(one => !names.Contains(one));
        return step with { Activity = FlowBranches.With(step.Activity, [.. names, name]), Ways = [.. step.Ways, new FlowWay(name, [])] };
    }

    /// <summary>A way less: a branch of a parallel step with its steps, or an exit that is followed no more.</summary>
    public static FlowStep WithoutWay(this FlowStep step, string port)
    {
        var ways = step.Ways.Where(way => way.Port != port).ToList();
        return step.Kind == FlowKind.Parallel ? step with { Activity = FlowBranches.With(step.Activity, [.. FlowBranches.Read(step.Activity).Where(name => name != port)]), Ways = ways } : step with { Ways = ways };
    }
}
