using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Failures;

/// <summary>Rebuilds a run's states from its journal: same definition, same stimuli, same recorded inputs, and nothing is sent (R15).</summary>
public sealed class RunFold(
    IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog catalog, IWorkflowInterpreter interpreter, AccountDirectory accounts, IServiceProvider services)
{
    /// <summary>A run's own journal rows in order.</summary>
    public async Task<IReadOnlyList<JournalRow>> ReadAsync(RunRow row, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Journal.AsNoTracking()
            .Where(entry => entry.AccountId == row.AccountId && entry.RunId == row.Id && entry.Kind == "run").OrderBy(entry => entry.Sequence).ToListAsync(cancellationToken);
    }

    /// <summary>The state after each of the rows.</summary>
    /// <returns>States by row number; null where the row changed nothing that the interpreter knows of (a delayed run cancelled before its start).</returns>
    /// <exception cref="JournalGapException">A row is missing, so the states after it cannot be told.</exception>
    public async Task<IReadOnlyDictionary<long, RunState?>> FoldAsync(RunRow row, IReadOnlyList<JournalRow> rows, CancellationToken cancellationToken)
    {
        var account = new AccountId(row.AccountId);
        var workflow = await WorkflowAsync(account, FirstVersion(row, rows));
        var info = await accounts.GetAsync(account, cancellationToken);
        var states = new Dictionary<long, RunState?> { [0] = null };
        foreach (var entry in rows)
        {
            if (!states.TryGetValue(entry.Sequence - 1, out var before)) throw new JournalGapException(entry.Sequence - 1);
            var facts = RunJson.Parse(entry.Facts);
            var inputs = new RecordedInputs(facts["inputs"] as JObject ?? []);
            var environment = new StepEnvironment(MailboxRouter.KeyOf(row), entry.At, info.TimeZone, info.Language, inputs, new JournaledRoots(inputs, row), services);
            var stimulus = RunJson.ReadStimulus((JObject)facts["stimulus"]!);
            if (stimulus is Stimulus.Redrive redrive)
            {
                before = states.TryGetValue(redrive.Base, out var known) ? Rewound(known, redrive.Edits) : throw new JournalGapException(redrive.Base);
                stimulus = redrive.Again;
                if (before is not null) workflow = await WorkflowAsync(account, before.DefinitionVersionId);
            }

            if (stimulus is Stimulus.Migrate move)
            {
                workflow = await WorkflowAsync(account, move.To);
                states[entry.Sequence] = before is null ? null : before with { DefinitionVersionId = move.To, Sequence = entry.Sequence };
                continue;
            }

            var step = facts["seed"] is JObject seed ? await interpreter.StartAsync(workflow, StepPlanner.ReadSeed(row.Id, seed), environment, cancellationToken)
                : before is null ? null
                : await interpreter.ResumeAsync(workflow, before, stimulus, environment, cancellationToken);
            states[entry.Sequence] = step is null ? null : step.State with { Sequence = entry.Sequence };
        }

        return states;
    }

    private async Task<CompiledWorkflow> WorkflowAsync(AccountId account, string version) =>
        await catalog.WorkflowAsync(account, version) ?? throw new InvalidOperationException($"Definition version {version} does not exist.");

    /// <summary>The version that the run began with, before it went over to others.</summary>
    private static string FirstVersion(RunRow row, IReadOnlyList<JournalRow> rows) => rows.Where(entry => entry.Facts.Contains("\"migrate\"", StringComparison.Ordinal))
        .Select(entry => RunJson.Parse(entry.Facts)["stimulus"] as JObject).Where(stimulus => (string?)stimulus?["type"] == "migrate").Select(stimulus => (string?)stimulus!["from"]).FirstOrDefault() ?? row.DefinitionVersionId;

    /// <summary>An earlier state, with what a person has edited since.</summary>
    internal static RunState? Rewound(RunState? state, JObject? edits)
    {
        if (state is null || edits is null) return state;
        var body = (JObject)state.Body.DeepClone();
        body[RunEdits.Member] = edits.DeepClone();
        return state with { Body = body };
    }

    private sealed class JournaledRoots(RecordedInputs inputs, RunRow run) : IRootSource
    {
        public IReadOnlyCollection<string> Roots { get; } = ["deal", "contact", "company", "event", "user", "account", "booking", "now"];

        public ValueTask<JToken> ReadAsync(string root, CancellationToken cancellationToken) => root == "event"
            ? ValueTask.FromResult<JToken>(RunJson.ReadMeta(run.Meta).Event)
            : inputs.ReadAsync($"root/{root}", _ => throw new InvalidOperationException("A replay reads nothing from outside."), cancellationToken);
    }
}

/// <summary>A run's journal is not whole any more (it is older than what is kept, or damaged).</summary>
public sealed class JournalGapException(long missing) : Exception($"Row {missing} is missing.")
{
    /// <summary>Number of the first row that is missing.</summary>
    public long Missing => missing;
}
