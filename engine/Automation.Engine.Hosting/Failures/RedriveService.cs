using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Failures;

/// <summary>What a person wants back.</summary>
public sealed record RedriveRequest
{
    public required DeadLetterFilter Filter { get; init; }

    /// <summary>Runs: the id of the activity to begin with again, also of one that has finished; null for the activity that failed.</summary>
    public string? From { get; init; }

    /// <summary>
    /// Edited by hand: inputs of the activity, data of the event, members of the effect's request. Only for one thing at a time. What is
    /// edited is a new action with a key of its own; everything else keeps its key and is not done twice.
    /// </summary>
    public JObject? Input { get; init; }

    /// <summary>Most items a second. Default 10, at most 100; redrives of an account go one after another, so this holds for the account and over all nodes.</summary>
    public int PerSecond { get; init; } = 10;
}

/// <summary>Why a redrive was refused, with a code of the API.</summary>
public sealed class RedriveRefusedException(string code, string message) : Exception(message)
{
    public string Code => code;
}

/// <summary>Brings dead events, runs and effects back (R9): chosen and stored in one commit, then done piece by piece.</summary>
public sealed class RedriveService(
    IDbContextFactory<AutomationDbContext> contexts, DeadLetterReads letters, FunnelCatalog catalog, RedriveSignal signal, IIdSource ids, TimeProvider clock, ILogger<RedriveService> logger)
{
    /// <summary>Most that one redrive takes; what is older goes first, the rest waits for the next one.</summary>
    public const int MostItems = 10_000;

    /// <summary>What would be redriven, in that order. Changes nothing.</summary>
    /// <exception cref="RedriveRefusedException">The request cannot be done as it stands.</exception>
    public async Task<IReadOnlyList<DeadLetter>> PreviewAsync(AccountId account, RedriveRequest request, CancellationToken cancellationToken)
    {
        if (request.PerSecond is < 1 or > 100) throw new RedriveRefusedException("query_invalid", "perSecond goes from 1 to 100.");
        var filter = request.Filter with { Finished = request.From is not null };
        var found = await letters.FindAsync(account, filter, MostItems, cancellationToken);
        if (request.Input is not null && found.Count > 1) throw new RedriveRefusedException("query_invalid", "Input can be edited for one thing at a time: name it.");
        if (request.From is not null && found.Any(letter => letter.Kind != "run")) throw new RedriveRefusedException("query_invalid", "Only a run has activities to begin with.");
        if (found is [{ Kind: "run" } run] && (request.From is not null || request.Input is not null)) await CheckAsync(account, run, request, cancellationToken);
        return found;
    }

    /// <summary>Stores the redrive. From here on it is done whatever is restarted, once, in the deals' order.</summary>
    /// <returns>Null when there is nothing to redrive.</returns>
    /// <exception cref="RedriveRefusedException">The request cannot be done as it stands.</exception>
    public async Task<RedriveRow?> StartAsync(AccountId account, RedriveRequest request, string by, CancellationToken cancellationToken)
    {
        var found = await PreviewAsync(account, request, cancellationToken);
        if (found.Count == 0) return null;
        var row = new RedriveRow
        {
            Id = ids.NewId(),
            AccountId = account.Value,
            By = by,
            Request = new JObject { ["from"] = request.From, ["input"] = request.Input }.ToString(Newtonsoft.Json.Formatting.None),
            PerSecond = request.PerSecond,
            Total = found.Count,
            NextAt = clock.GetUtcNow(),
            CreatedAt = clock.GetUtcNow(),
        };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Redrives.Add(row);
        context.RedriveItems.AddRange(found.Select((letter, position) => new RedriveItemRow
        {
            RedriveId = row.Id,
            Position = position,
            AccountId = account.Value,
            ConnectionId = letter.ConnectionId,
            EntityType = letter.EntityType,
            EntityId = letter.EntityId,
            Kind = letter.Kind,
            Target = letter.Target,
        }));
        await context.SaveChangesAsync(cancellationToken);
        logger.RedriveStarted(row.Id, by, row.Total);
        signal.Set();
        return row;
    }

    private async Task CheckAsync(AccountId account, DeadLetter letter, RedriveRequest request, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var id = Guid.Parse(letter.Target);
        var version = await context.Runs.Where(row => row.AccountId == account.Value && row.Id == id).Select(row => row.DefinitionVersionId).FirstAsync(cancellationToken);
        var workflow = await catalog.WorkflowAsync(account, version) ?? throw new RedriveRefusedException("not_found", "The run's workflow does not exist any more.");
        if (request.From is not { } from) throw new RedriveRefusedException("query_invalid", "Name the activity whose input is edited: from.");
        if (workflow.FindActivity(from) is not { } activity) throw new RedriveRefusedException("query_invalid", $"The run's workflow has no activity '{from}'.");
        if (request.Input?.Properties().FirstOrDefault(edit => !activity.Inputs.Contains(edit.Name)) is { } unknown)
            throw new RedriveRefusedException("query_invalid", $"The activity '{from}' has no input '{unknown.Name}'. It has: {string.Join(", ", activity.Inputs)}.");
    }
}

/// <summary>Tells this node's dispatcher that there is work; the other nodes find it by themselves.</summary>
public sealed class RedriveSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref next).Task;

    public void Set() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
