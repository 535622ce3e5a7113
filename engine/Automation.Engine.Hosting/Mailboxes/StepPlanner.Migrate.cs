using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>A waiting run goes over to another version of its funnel.</content>
internal sealed partial class StepPlanner
{
    /// <summary>Goes over where everything that the run stands in is in the new version too; otherwise it is finished on the version that it is on. One that has ended meanwhile stays as it is.</summary>
    private async Task MigrateAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, StoredEvent stored)
    {
        var (to, version) = ((string)stored.Event.Data["to"]!, (int)stored.Event.Data["version"]!);
        if (!memory.Runs.TryGetValue((Guid)stored.Event.Data["run"]!, out var run) || run.Row.DefinitionVersionId == to) return;
        var from = run.Row.DefinitionVersionId;
        var fits = run.Meta.Delayed || await FitsAsync(key, run, from, to);
        step.AddJournal("operator", new JObject { ["what"] = "migrate", ["run"] = run.Row.Id, ["by"] = stored.Event.Data["by"], ["version"] = version, ["outcome"] = fits ? "moved" : "step_gone" }, eventId: stored.Id, funnel: run.Row.FunnelId);
        if (!fits) return;
        (run.Row.DefinitionVersionId, run.Row.FunnelVersion) = (to, version);
        var state = run.State with { DefinitionVersionId = to };
        // What has not begun has no steps of its own yet.
        if (run.Meta.Delayed) step.Change(run with { State = state });
        else step.Take(run, new RunStep { State = state, Facts = [new RunFact("Migrated") { ["version"] = version }] }, new Stimulus.Migrate(from, to), new());
    }

    private async Task<bool> FitsAsync(MailboxKey key, OpenRun run, string from, string to)
    {
        var (before, after) = (await funnels.WorkflowAsync(key.Account, from), await funnels.WorkflowAsync(key.Account, to));
        return before is not null && after is { IsWhole: true } && run.State.Nodes.Any() && run.State.Nodes.All(node => before.TypeOf(node) is { } type && after.TypeOf(node) == type);
    }
}
