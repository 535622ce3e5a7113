using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Definitions;
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

/// <summary>Kind <c>publish</c>: a published event reaches every run whose bookmark waits for it, and starts every workflow that begins with it; each once by key.</summary>
public sealed class PublishEffectHandler(StimulusSender stimuli) : IEffectHandler
{
    public string Kind => "publish";

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var published = call.Request.ToObject<PublishedEvent>()!;
        var hash = SharedStimuli.EventHash(published.Name);
        var sent = await stimuli.SendAsync(call.Account, new(hash, call.Key, call.Since, published.CorrelationId, published.Payload, new JObject { ["payload"] = published.Payload.DeepClone() }, ((int?)call.Request["depth"] ?? 0) + 1), cancellationToken);
        return sent.TooDeep > 0
            ? new Rejected("chain_too_deep", $"The event {published.Name} did not start {sent.TooDeep} workflows: a chain of own events led to it.")
            : new Delivered(new JObject { ["runs"] = sent.Resumed, ["started"] = sent.Started.Count });
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
