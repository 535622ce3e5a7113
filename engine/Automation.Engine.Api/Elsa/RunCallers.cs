using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Elsa;

/// <summary>An execution in its run.</summary>
/// <param name="Before">The step of another run that started this one; null for a run that nobody waits for.</param>
/// <param name="Retried">Executions of this run whose action was tried more than once, by their numbers.</param>
internal sealed record PlacedExecution(RunRow Run, RunStory Story, ExecutionRecord Execution, PlacedExecution? Before, IReadOnlySet<string> Retried)
{
    public bool IsRetried => Execution.IsIn(Retried);

    public ExecutionRecord? Parent => Execution.Parent is { } parent ? Story.Records.Find(parent) : null;

    /// <summary>What scheduled it: what it stands in, for the workflow itself the step that started the run.</summary>
    public PlacedExecution? Scheduler => Parent is { } parent ? this with { Execution = parent } : Before;

    /// <summary>From the first that led to it down to itself.</summary>
    /// <param name="acrossRuns">Goes on in the runs that started this one.</param>
    public IReadOnlyList<PlacedExecution> Stack(bool acrossRuns)
    {
        var stack = new List<PlacedExecution>();
        for (var at = this; at is not null && (acrossRuns || at.Run.Id == Run.Id); at = at.Scheduler) stack.Add(at);
        stack.Reverse();
        return stack;
    }

    public int Depth => Scheduler is { } scheduler ? scheduler.Depth + 1 : 0;
}

/// <summary>Finds the steps that started a run and wait for it.</summary>
internal static class RunCallers
{
    // Longer than any chain of runs that the accounts' quotas let grow.
    private const int MostRuns = 100;

    /// <summary>The run that waits for this one; null for most.</summary>
    public static Guid? ParentOf(RunRow run) => Waiting(run)?.Run;

    public static Task<PlacedExecution?> ReadAsync(AutomationDbContext db, RunRow run, RunRecordsCache journals, CancellationToken cancellationToken) => ReadAsync(db, run, journals, MostRuns, cancellationToken);

    private static async Task<PlacedExecution?> ReadAsync(AutomationDbContext db, RunRow run, RunRecordsCache journals, int most, CancellationToken cancellationToken)
    {
        if (most == 0 || Waiting(run) is not { } parent) return null;
        if (await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == run.AccountId && row.Id == parent.Run, cancellationToken) is not { } caller) return null;
        var story = await journals.ReadAsync(db, caller, cancellationToken);
        return story.Records.Lines.FirstOrDefault(line => line.Event == "Suspended" && (string?)line.Fact["bookmark"] == parent.Bookmark) is { } waits
            ? new(caller, story, waits.Execution, await ReadAsync(db, caller, journals, most - 1, cancellationToken), await ResilienceEndpoints.RetriedAsync(db, caller, cancellationToken))
            : null;
    }

    // Few have one, and the rest of it may be long.
    private static ParentOfRun? Waiting(RunRow run) => run.Meta.Contains("\"parent\"", StringComparison.Ordinal) ? RunJson.ReadMeta(run.Meta).Parent : null;
}
