using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Effects;

/// <summary>Kind <c>workflow</c>: a run, or a workflow's clock, starts a workflow. The run's id follows from the key, so a repeated call starts nothing twice.</summary>
public sealed class StartEffectHandler(DefinitionService definitions, Func<WorkflowStarter> starter, AccountDirectory accounts) : IEffectHandler
{
    public string Kind => "workflow";

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var (wanted, depth) = ((string)call.Request["definition"]!, (int)call.Request["depth"]! + 1);
        if (await definitions.FindAsync(call.Account, wanted, "Published", cancellationToken) is not { } definition) return new Rejected("definition_missing", $"There is no workflow {wanted}, or none of its versions is published.");
        var limit = (await accounts.GetAsync(call.Account, cancellationToken)).Quotas.MaxDepth;
        if (depth > limit) return new Rejected("chain_too_deep", $"The workflow {definition.Name ?? wanted} was not started: {limit} workflows have started one another already.");
        var subject = MailboxKey.Parse((string)call.Request["subject"]!);
        var start = new WorkflowStart(call.Request["input"] as JObject ?? [], (string?)call.Request["correlation"], (string?)call.Request["activity"])
        {
            Known = (DerivedId.Of(call.Since, $"workflow|{call.Key}"), call.Key, call.Since),
            Parent = (string?)call.Request["bookmark"] is { } bookmark ? new(subject.ToString(), (Guid)call.Request["by"]!, bookmark, (string?)call.Request["when"] ?? ParentOfRun.AtEnd) : null,
            Subject = subject,
            Depth = depth,
        };
        return await starter().StartAsync(call.Account, definition, start, cancellationToken) is { } started
            ? new Delivered(new JObject { ["run"] = started.Run })
            : new Rejected("cannot_start", $"The workflow {definition.Name ?? wanted} was not started: its activation strategy lets no further run start now.");
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => Task.FromResult<EffectResult>(new Retry(TimeSpan.Zero, "keyed"));
}

/// <summary>Kind <c>ended</c>: a run tells the one that waits for it.</summary>
public sealed class EndedEffectHandler(Func<InboxService> inbox, RestorePoint restored) : IEffectHandler
{
    public string Kind => StepBuilder.EndedEffect;

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var parent = call.Request["parent"]!.ToObject<ParentOfRun>()!;
        var mailbox = MailboxKey.Parse(parent.Mailbox);
        await inbox().AcceptAsync(call.Account, mailbox.Connection, null, [new CrmEvent
        {
            Kind = InternalEvents.Stimulus, EntityType = mailbox.EntityType, EntityId = mailbox.EntityId, DedupKey = call.Key,
            Data = restored.Passed(new JObject { ["run"] = parent.Run, ["bookmark"] = parent.Bookmark, ["payload"] = call.Request["payload"] }, call.Since),
        }], cancellationToken);
        return new Delivered(new JObject { ["run"] = parent.Run });
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => Task.FromResult<EffectResult>(new Retry(TimeSpan.Zero, "keyed"));
}

/// <summary>Kind <c>cancel</c>: a run was cancelled, and so are those that it waits for. Each is told in its own mailbox, behind the order to start it.</summary>
public sealed class CancelEffectHandler(IDbContextFactory<AutomationDbContext> contexts, Func<InboxService> inbox, RestorePoint restored) : IEffectHandler
{
    private static readonly TimeSpan StartTakes = TimeSpan.FromSeconds(1);

    public string Kind => StepBuilder.CancelEffectKind;

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var (account, parent, own) = (call.Account.Value, (Guid)call.Request["run"]!, MailboxKey.Parse((string)call.Request["subject"]!));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var starts = await context.Effects.AsNoTracking()
            .Where(effect => effect.AccountId == account && effect.ConnectionId == own.Connection.Value && effect.EntityType == own.EntityType && effect.EntityId == own.EntityId && effect.RunId == parent && effect.Kind == "workflow")
            .Select(effect => new { effect.Key, effect.State, effect.Request, effect.Result }).ToListAsync(cancellationToken);
        // Only planned, it was dropped with the run; under way, it may still start one.
        if (starts.Exists(start => start.State is (int)EffectState.Planned or (int)EffectState.Sending)) return new Retry(StartTakes, "A workflow is just being started.");
        var cancelled = 0;
        foreach (var start in starts.Where(start => start.Result is not null && RunJson.Parse(start.Request).ContainsKey("bookmark")))
        {
            var child = (Guid)RunJson.Parse(start.Result!)["run"]!;
            // The order to start it stands before there is a run, and may be gone before the run is.
            var place = await context.Events.AsNoTracking().Where(row => row.AccountId == account && row.DedupKey == $"start|{start.Key}").Select(row => new { row.ConnectionId, row.EntityType, row.EntityId }).FirstOrDefaultAsync(cancellationToken)
                ?? await context.Runs.AsNoTracking().Where(row => row.AccountId == account && row.Id == child).Select(row => new { row.ConnectionId, row.EntityType, row.EntityId }).FirstOrDefaultAsync(cancellationToken);
            if (place is null) continue;
            await inbox().AcceptAsync(call.Account, new(place.ConnectionId), null, [new CrmEvent
            {
                Kind = InternalEvents.Cancel, EntityType = place.EntityType, EntityId = place.EntityId, DedupKey = $"{call.Key}|{child:N}",
                Data = restored.Passed(new JObject { ["run"] = child, ["reason"] = "the run that waits for it was cancelled" }, call.Since),
            }], cancellationToken);
            cancelled++;
        }

        return new Delivered(new JObject { ["runs"] = cancelled });
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => Task.FromResult<EffectResult>(new Retry(TimeSpan.Zero, "keyed"));
}

/// <summary>Kind <c>task</c>: whoever carries tasks out is told. Where nobody is registered, the task stands in the journal and waits to be completed.</summary>
public sealed class TaskEffectHandler(IEnumerable<ITaskDispatcher> dispatchers) : IEffectHandler
{
    public string Kind => "task";

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        foreach (var dispatcher in dispatchers) await dispatcher.DispatchAsync(call.Account, (string)call.Request["task"]!, (string)call.Request["name"]!, call.Request["payload"] as JObject ?? [], cancellationToken);
        return new Delivered(new JObject { ["task"] = call.Request["task"] });
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => Task.FromResult<EffectResult>(new Retry(TimeSpan.Zero, "keyed"));
}
