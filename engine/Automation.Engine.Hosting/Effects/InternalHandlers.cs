using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Effects;

/// <summary>Kind <c>publish</c>: a published event reaches every run whose bookmark waits for it, each in its own mailbox, once by key.</summary>
public sealed class PublishEffectHandler(IDbContextFactory<AutomationDbContext> contexts, Func<InboxService> inbox, RestorePoint restored) : IEffectHandler
{
    public string Kind => "publish";

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var published = call.Request.ToObject<PublishedEvent>()!;
        var hash = Workflows.Interpreter.StimulusHash.Of("Elsa.Event", new JObject { ["eventName"] = published.Name });
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var waiting = await context.Bookmarks.AsNoTracking()
            .Where(bookmark => bookmark.AccountId == call.Account.Value && bookmark.Hash == hash)
            .ToListAsync(cancellationToken);
        var hit = 0;
        foreach (var bookmark in waiting.Where(bookmark => published.CorrelationId is not { Length: > 0 } id || bookmark.CorrelationId == id))
        {
            var told = new CrmEvent
            {
                Kind = InternalEvents.Stimulus,
                EntityType = bookmark.EntityType,
                EntityId = bookmark.EntityId,
                DedupKey = $"{call.Key}|{bookmark.BookmarkId}|{bookmark.RunId:N}",
                Data = restored.Passed(new JObject { ["run"] = bookmark.RunId, ["bookmark"] = bookmark.BookmarkId, ["payload"] = published.Payload }, call.Since),
            };
            await inbox().AcceptAsync(call.Account, new(bookmark.ConnectionId), null, [told], cancellationToken);
            hit++;
        }

        return new Delivered(new JObject { ["runs"] = hit });
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => Task.FromResult<EffectResult>(new Retry(TimeSpan.Zero, "keyed"));
}

/// <summary>
/// Kind <c>fanout</c>: a schedule, or the publishing of a trigger that follows a date, reaches every open deal in the span, each in its own
/// mailbox, once by key. A page is read and accepted at a time; a repeated call goes over the same deals and adds nothing.
/// </summary>
public sealed class FanoutEffectHandler(IDbContextFactory<AutomationDbContext> contexts, Func<InboxService> inbox, RestorePoint restored) : IEffectHandler
{
    private const int PageSize = 500;

    public string Kind => "fanout";

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var connection = (Guid)call.Request["connection"]!;
        var stages = call.Request["stages"]!.Select(stage => Automation.Engine.Funnels.StageRef.Parse((string)stage!)).ToList();
        var deals = 0;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var open = context.Mailboxes.AsNoTracking().Where(row => row.AccountId == call.Account.Value && row.ConnectionId == connection && row.EntityType == EntityTypes.Deal && row.Open);
        if (stages.Count == 0) deals += await TellAsync(call, connection, open, cancellationToken);
        foreach (var stage in stages) deals += await TellAsync(call, connection, open.Where(row => row.PipelineId == stage.PipelineId && row.StageId == stage.StageId), cancellationToken);
        return new Delivered(new JObject { ["deals"] = deals });
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => Task.FromResult<EffectResult>(new Retry(TimeSpan.Zero, "keyed"));

    private async Task<int> TellAsync(EffectCall call, Guid connection, IQueryable<Persistence.Rows.MailboxRow> deals, CancellationToken cancellationToken)
    {
        var (told, last) = (0, "");
        while (true)
        {
            var after = last;
            var page = await deals.Where(row => row.EntityId.CompareTo(after) > 0).OrderBy(row => row.EntityId).Select(row => row.EntityId).Take(PageSize).ToListAsync(cancellationToken);
            if (page.Count == 0) return told;
            await inbox().AcceptAsync(call.Account, new(connection), null, [.. page.Select(deal => new CrmEvent
            {
                Kind = (string?)call.Request["kind"] ?? EventKinds.Schedule, EntityType = EntityTypes.Deal, EntityId = deal, DedupKey = $"{call.Key}|{deal}",
                TriggerId = (string)call.Request["trigger"]!, Data = restored.Passed(new JObject { ["due"] = call.Request["at"] }, call.Since),
            })], cancellationToken);
            told += page.Count;
            last = page[^1];
        }
    }
}

/// <summary>Kind <c>activity</c>: an activity that does its own I/O, run after the commit.</summary>
public sealed class ActivityEffectHandler(FunnelCatalog catalog, IActivityInvoker invoker, IServiceProvider services) : IEffectHandler
{
    public string Kind => "activity";

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var version = (string)call.Request["definitionVersionId"]!;
        if (await catalog.WorkflowAsync(call.Account, version) is not { } workflow) return new Rejected("definition_missing", $"Definition version {version} does not exist.");
        var subject = MailboxKey.Parse((string)call.Request["subject"]!);
        return new Delivered(await invoker.InvokeAsync(workflow, call.Request, subject, services, cancellationToken));
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) =>
        Task.FromResult<EffectResult>(new ResultUnknown("an activity cannot be looked up"));
}
