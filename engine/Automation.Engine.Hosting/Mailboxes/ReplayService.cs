using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>What a replay of a run found.</summary>
/// <param name="Steps">Journal rows replayed.</param>
/// <param name="Equal">The state rebuilt from the journal equals the stored one.</param>
public sealed record ReplayReport(Guid RunId, int Steps, bool Equal, string? Difference);

/// <summary>Rebuilds a run from its journal: same definition, same stimuli, same recorded inputs, and nothing is sent (R15).</summary>
public sealed class ReplayService(
    IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog catalog, IWorkflowInterpreter interpreter, AccountDirectory accounts, IServiceProvider services)
{
    /// <returns>Null when the account has no such run.</returns>
    public async Task<ReplayReport?> ReplayAsync(AccountId account, Guid runId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Runs.AsNoTracking().FirstOrDefaultAsync(run => run.AccountId == account.Value && run.Id == runId, cancellationToken);
        if (row is null) return null;
        var rows = await context.Journal.AsNoTracking().Where(entry => entry.AccountId == account.Value && entry.RunId == runId && entry.Kind == "run").OrderBy(entry => entry.Sequence).ToListAsync(cancellationToken);
        return await ReplayAsync(row, rows, cancellationToken);
    }

    /// <summary>Replays a run from rows already read.</summary>
    /// <param name="rows">Its journal rows of kind <c>run</c>, by sequence.</param>
    public async Task<ReplayReport> ReplayAsync(RunRow row, IReadOnlyList<JournalRow> rows, CancellationToken cancellationToken)
    {
        var (account, runId) = (new AccountId(row.AccountId), row.Id);
        var workflow = await catalog.WorkflowAsync(account, row.DefinitionVersionId) ?? throw new InvalidOperationException($"Definition version {row.DefinitionVersionId} does not exist.");
        var info = await accounts.GetAsync(account, cancellationToken);
        RunState? state = null;
        foreach (var entry in rows)
        {
            if (entry.Sequence != (state?.Sequence ?? 0) + 1) return new(runId, (int)entry.Sequence, false, $"Row {(state?.Sequence ?? 0) + 1} is missing.");
            var facts = RunJson.Parse(entry.Facts);
            var inputs = new RecordedInputs(facts["inputs"] as JObject ?? []);
            var environment = new StepEnvironment(MailboxRouter.KeyOf(row), entry.At, info.TimeZone, info.Language, inputs, new JournaledRoots(inputs), services);
            var stimulus = RunJson.ReadStimulus((JObject)facts["stimulus"]!);
            RunStep step;
            if (facts["seed"] is JObject seed) step = await interpreter.StartAsync(workflow, StepPlanner.ReadSeed(runId, seed), environment, cancellationToken);
            else if (state is null) return new(runId, rows.Count, row.Status == (int)RunStatus.Cancelled, null);
            else step = await interpreter.ResumeAsync(workflow, state, stimulus, environment, cancellationToken);
            state = step.State with { Sequence = entry.Sequence };
        }

        if (state is null) return new(runId, 0, true, null);
        var (rebuilt, stored) = (RunJson.Parse(RunJson.Write(state)), RunJson.Parse(row.State));
        var equal = JToken.DeepEquals(rebuilt, stored);
        return new(runId, rows.Count, equal, equal ? null : $"Rebuilt: {rebuilt.ToString(Newtonsoft.Json.Formatting.None)}");
    }

    private sealed class JournaledRoots(RecordedInputs inputs) : IRootSource
    {
        public IReadOnlyCollection<string> Roots { get; } = ["deal", "contact", "company", "event", "user", "account", "booking", "now"];

        public ValueTask<JToken> ReadAsync(string root, CancellationToken cancellationToken) =>
            inputs.ReadAsync($"root/{root}", _ => throw new InvalidOperationException("A replay reads nothing from outside."), cancellationToken);
    }
}
