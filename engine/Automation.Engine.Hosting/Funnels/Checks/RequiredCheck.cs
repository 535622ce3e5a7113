using Automation.Engine.Funnels;
using Automation.Engine.Workflows.Interpreter;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Inputs that a step does nothing without, left empty: an SMS without a text.</summary>
internal static class RequiredCheck
{
    public static IEnumerable<Finding> Run(CheckedDraft draft, ActivityRegistry activities)
    {
        var known = activities.Descriptors.GroupBy(one => one.TypeName, StringComparer.Ordinal).ToDictionary(versions => versions.Key, versions => versions.Last(), StringComparer.Ordinal);
        foreach (var trigger in draft.Document.Triggers)
            foreach (var step in Step.Doing(trigger))
                if (known.TryGetValue(step.Type, out var activity))
                    foreach (var input in Empty(step, activity))
                        yield return new(true, "input_empty", trigger.Id, $"then/{step.Id}/{input.JsonName}", new(
                            $"Шаг «{activity.DisplayNameRu ?? activity.DisplayName}»: заполните «{input.Attribute.DisplayNameRu ?? input.DisplayName}».", $"The step “{activity.DisplayName}”: fill in “{input.DisplayName}”."));
    }

    /// <summary>Those of one step.</summary>
    public static IEnumerable<InputDescriptor> Empty(Step step, ActivityDescriptor activity) =>
        activity.Inputs.Where(input => input.Attribute is { IsRequired: true, DefaultValue: null } && step.IsEmpty(input.JsonName) && (activity.InsteadOf(input) is not { } other || step.IsEmpty(other.JsonName)));
}
