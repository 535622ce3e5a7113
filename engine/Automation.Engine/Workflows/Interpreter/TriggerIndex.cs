using Newtonsoft.Json;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Reads from a plan what starts its workflow.</summary>
internal static class TriggerIndex
{
    /// <exception cref="DefinitionInvalidException">A trigger is not set up well.</exception>
    public static IReadOnlyList<WorkflowTrigger> Of(Plan plan, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (found, problems) = (new List<WorkflowTrigger>(), new List<DefinitionProblem>());
        // Inside a workflow that is used as an activity nothing starts the one around it.
        foreach (var node in plan.Nodes.Where(node => node.Activity is ITrigger && Starts(node.Activity) && !IsWithinComposite(node)))
        {
            try
            {
                var context = new Context(node, now, zone) { TriggerName = node.Activity.Type };
                foreach (var payload in ((ITrigger)node.Activity).GetTriggerPayloads(context))
                {
                    var json = JsonText.From(payload);
                    found.Add(new(node.Activity.Id, context.TriggerName, StimulusHash.Of(context.TriggerName, json), json));
                }
            }
            catch (Exception cause) when (cause is ActivityFaultException or FormatException or JsonException)
            {
                problems.Add(new(node.NodeId, (cause as ActivityFaultException)?.Code ?? "trigger_invalid", $"{node.Activity.Name ?? node.Activity.Id}: {cause.Message}"));
            }
        }

        return problems.Count == 0 ? found : throw new DefinitionInvalidException(problems);
    }

    public static bool Starts(IActivity activity) =>
        activity.CustomProperties.TryGetValue("canStartWorkflow", out var flag) && flag.ToString().Equals("true", StringComparison.OrdinalIgnoreCase);

    private static bool IsWithinComposite(PlanNode node)
    {
        for (var around = node.Parent; around is not null; around = around.Parent)
            if (around.Activity is WorkflowDefinitionActivity) return true;
        return false;
    }

    private sealed class Context(PlanNode node, DateTimeOffset now, TimeZoneInfo zone) : TriggerIndexingContext
    {
        public override IActivity Activity => node.Activity;

        public override DateTimeOffset Now => now;

        public override TimeZoneInfo TimeZone => zone;

        public override T? Get<T>(Input<T>? input) where T : default
        {
            if (input is null || node.Find(input) is not { } planned) return default;
            if (planned.Constant is null) throw new ActivityFaultException("trigger_not_plain", $"{planned.Descriptor.Name} is an expression. What starts a workflow has to be a plain value, since there is no run yet that could work it out.");
            return (T?)ValueConverter.Convert(planned.Constant, typeof(T), zone);
        }
    }
}
