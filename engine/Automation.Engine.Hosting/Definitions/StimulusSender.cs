using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Something that happened, for the runs that wait for it and the workflows that start with it.</summary>
/// <param name="Hash">Of its name and payload, as bookmarks and triggers carry it.</param>
/// <param name="Key">The same for the same happening: what comes again changes nothing.</param>
/// <param name="Since">When it happened first.</param>
/// <param name="Correlation">Only runs with that correlation id go on; null for all.</param>
/// <param name="Depth">Of the runs that it starts (R14).</param>
public sealed record Stimulus(string Hash, string Key, DateTimeOffset Since, string? Correlation, JToken Payload, JObject Input, int Depth);

/// <param name="Resumed">Runs that went on.</param>
/// <param name="Started">Runs that began.</param>
/// <param name="TooDeep">Workflows that were not started, because the chain of own effects is too long already.</param>
public sealed record StimulusSent(int Resumed, IReadOnlyList<WorkflowStarted> Started, int TooDeep);

/// <summary>Resumes every run whose bookmark waits for a stimulus, each in its own mailbox, and starts every workflow that begins with it; each once by key.</summary>
public sealed class StimulusSender(IDbContextFactory<AutomationDbContext> contexts, Func<InboxService> inbox, Func<WorkflowStarter> starter, TriggerCatalog triggers, AccountDirectory accounts, RestorePoint restored)
{
    public async Task<StimulusSent> SendAsync(AccountId account, Stimulus stimulus, CancellationToken cancellationToken)
    {
        var resumed = await ResumeAsync(account, stimulus, cancellationToken);
        var begin = await triggers.FindAsync(account, stimulus.Hash, cancellationToken);
        if (begin.Count == 0) return new(resumed, [], 0);
        if (stimulus.Depth > (await accounts.GetAsync(account, cancellationToken)).Quotas.MaxDepth) return new(resumed, [], begin.Count);
        var started = new List<WorkflowStarted>();
        foreach (var (definition, trigger) in begin)
        {
            var key = $"{stimulus.Key}|{definition.DefinitionId}|{trigger.ActivityId}";
            var start = new WorkflowStart((JObject)stimulus.Input.DeepClone(), stimulus.Correlation, trigger.ActivityId) { Known = (DerivedId.Of(stimulus.Since, $"workflow|{key}"), key, stimulus.Since), Depth = stimulus.Depth };
            if (await starter().StartAsync(account, definition, start, cancellationToken) is { } one) started.Add(one);
        }

        return new(resumed, started, 0);
    }

    private async Task<int> ResumeAsync(AccountId account, Stimulus stimulus, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var waiting = await context.Bookmarks.AsNoTracking().Where(bookmark => bookmark.AccountId == account.Value && bookmark.Hash == stimulus.Hash).ToListAsync(cancellationToken);
        var hit = 0;
        foreach (var bookmark in waiting.Where(bookmark => stimulus.Correlation is not { Length: > 0 } id || bookmark.CorrelationId == id))
        {
            var told = new CrmEvent
            {
                Kind = InternalEvents.Stimulus,
                EntityType = bookmark.EntityType,
                EntityId = bookmark.EntityId,
                DedupKey = $"{stimulus.Key}|{bookmark.BookmarkId}|{bookmark.RunId:N}",
                Data = restored.Passed(new JObject { ["run"] = bookmark.RunId, ["bookmark"] = bookmark.BookmarkId, ["payload"] = stimulus.Payload.DeepClone() }, stimulus.Since),
            };
            await inbox().AcceptAsync(account, new(bookmark.ConnectionId), null, [told], cancellationToken);
            hit++;
        }

        return hit;
    }
}
