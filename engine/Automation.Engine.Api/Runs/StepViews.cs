using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Journal;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Runs;

/// <param name="Steps">In the order in which they began.</param>
public sealed record RunSteps(IReadOnlyList<StepView> Steps);

/// <summary>One execution of one step of a run.</summary>
/// <param name="Activity">Id of the step in its workflow: what a retry begins with.</param>
/// <param name="Name">Its name in the workflow, else that of its kind.</param>
/// <param name="Kind">What it is, by name.</param>
/// <param name="Status">running, waiting, done, failed, cancelled.</param>
/// <param name="Inputs">As they were when it began; long ones cut.</param>
/// <param name="Outputs">What it says of its work, and the values that it gave where they say more; long ones cut.</param>
/// <param name="Outcomes">The exits that it took, in words; none for the plain one.</param>
/// <param name="Effects">What it sent, and what became of it.</param>
public sealed record StepView(
    string Id, string Activity, string Type, string Name, string Kind, string Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<StepValue> Inputs, IReadOnlyList<StepValue> Outputs,
    IReadOnlyList<string> Outcomes, string? Code, string? Error, IReadOnlyList<EffectView> Effects);

/// <param name="Key">Name of the input in the workflow: what an edit names.</param>
/// <param name="Name">Its caption.</param>
public sealed record StepValue(string Key, string Name, string Value);

/// <summary>A run's executions as steps for people: containers stay out unless they failed themselves.</summary>
internal sealed class StepReader(ActivityRegistry activities, IReadOnlyDictionary<string, string> names, IReadOnlyList<EffectRow> effects, bool english)
{
    public IEnumerable<StepView> Read(RunRecords records)
    {
        foreach (var execution in records.Executions)
        {
            var descriptor = activities.Descriptors.FirstOrDefault(one => one.TypeName == execution.Type);
            if (descriptor is { IsContainer: true } && execution.Exception is null) continue;
            var kind = descriptor is null ? execution.Type : english ? descriptor.DisplayName : descriptor.DisplayNameRu ?? descriptor.DisplayName;
            yield return new(
                execution.Id, execution.ActivityId, execution.Type, names.GetValueOrDefault(execution.ActivityId, kind), kind, Status(execution), execution.StartedAt, execution.EndedAt,
                [.. execution.Inputs.Properties().Select(input => Value(input, descriptor?.Inputs.FirstOrDefault(one => one.JsonName == input.Name)))],
                [.. Results(execution).Where(value => value.Value.Type is not (JTokenType.Null or JTokenType.Array)).Select(value => Value(value, null))],
                [.. execution.Outcomes.Select(one => (string?)one).OfType<string>().Where(one => one != "Done").Select(one => RunWords.Outcome(one, english))],
                (string?)execution.Exception?["type"], (string?)execution.Exception?["message"],
                [.. effects.Where(effect => effect.ContextId == execution.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)).Select(EffectView.Of)]);
        }
    }

    // An output often is what the step said already.
    private static IEnumerable<JProperty> Results(ExecutionRecord execution)
    {
        var said = (execution.Data ?? []).Properties().ToList();
        return said.Concat(execution.Outputs.Properties().Where(output => !said.Exists(one => JToken.DeepEquals(one.Value, output.Value))).DistinctBy(output => output.Value, JToken.EqualityComparer));
    }

    private static string Status(ExecutionRecord execution) => execution.Status switch
    {
        "Completed" => "done",
        "Faulted" => "failed",
        "Canceled" => "cancelled",
        _ => execution.Waits ? "waiting" : "running",
    };

    private StepValue Value(JProperty value, InputDescriptor? input) => new(
        value.Name, input is null ? value.Name : english ? input.DisplayName : input.Attribute.DisplayNameRu ?? input.DisplayName, Text(value.Value));

    private static string Text(JToken value) => value switch
    {
        JValue { Value: null } => "",
        JValue { Value: decimal number } => number.ToString("0.############################", System.Globalization.CultureInfo.InvariantCulture),
        JValue plain => plain.ToString(System.Globalization.CultureInfo.InvariantCulture),
        JArray list when list.All(item => item is JValue) => string.Join(", ", list),
        _ => value.ToString(Formatting.None),
    };
}
