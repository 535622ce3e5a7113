using Automation.Engine.Funnels;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Two triggers that write the same field on the same event: the later one wins, which is seldom what is meant.</summary>
internal static class DoubleWriteCheck
{
    public static IEnumerable<Finding> Run(CheckedDraft draft)
    {
        var writes = draft.Document.Triggers.Where(trigger => trigger is { Enabled: true, When.Timing.Kind: TimingKind.AtOnce })
            .SelectMany(trigger => Step.Doing(trigger).Select(step => (Trigger: trigger, Field: FieldOf(step), Step: step))).Where(write => write.Field is not null).ToList();
        for (var i = 0; i < writes.Count; i++)
        {
            var later = writes[i];
            if (writes.Take(i).FirstOrDefault(one => one.Field == later.Field && one.Trigger.Id != later.Trigger.Id && Meet(one.Trigger, later.Trigger)) is not { Trigger: { } first }) continue;
            yield return new(false, "written_twice", later.Trigger.Id, $"then/{later.Step.Id}/", new(
                $"«{first.Name}» и «{later.Trigger.Name}» по одному событию записывают одно и то же: {Name(draft, later.Field!, english: false)}. Останется то, что запишет вторая.",
                $"“{first.Name}” and “{later.Trigger.Name}” write the same thing on the same event: {Name(draft, later.Field!, english: true)}. What the second writes will stay."));
        }
    }

    private static string? FieldOf(Step step) => step.Type switch
    {
        "Crm.ChangeField" => step.Literal("field") is { } field ? $"{step.Literal("on") ?? "deal"}.{field}" : null,
        "Crm.ChangeStage" => "deal.stage_id",
        "Crm.SetPriority" => "priority",
        _ => null,
    };

    /// <summary>One event can fire both; conditions that exclude each other are not told apart.</summary>
    private static bool Meet(FunnelTrigger one, FunnelTrigger other) =>
        (one.If is null || other.If is null || one.If == other.If) && one.When.Field == other.When.Field && EventsOf(one).Intersect(EventsOf(other)).Any()
        && (one.When.Stages.Count == 0 || other.When.Stages.Count == 0 || one.When.Stages.Intersect(other.When.Stages).Any());

    private static IEnumerable<string> EventsOf(FunnelTrigger trigger) =>
        trigger.When.Event == TriggerEvents.CreatedOrEntered ? [TriggerEvents.CreatedInStage, TriggerEvents.EnteredStage] : [trigger.When.Event];

    private static string Name(CheckedDraft draft, string field, bool english) => field switch
    {
        "deal.stage_id" => english ? "the stage" : "этап",
        "priority" => english ? "the priority" : "приоритет",
        _ => FieldName(draft, field[(field.IndexOf('.', StringComparison.Ordinal) + 1)..]),
    };

    private static string FieldName(CheckedDraft draft, string id) => draft.Directory?.Fields.FirstOrDefault(one => one.Id == id || one.Name == id)?.Name ?? id;
}
