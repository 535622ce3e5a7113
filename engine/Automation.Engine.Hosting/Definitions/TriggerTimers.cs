using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Timers;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Timers of workflows that start by the clock: rows, armed with the publishing and taken away with it.</summary>
internal static class TriggerTimers
{
    /// <summary>Kind of those timers; their trigger id is <see cref="NameOf"/>.</summary>
    public const string Kind = "workflow";

    public static string NameOf(string definitionId, string activityId) => $"{definitionId}|{activityId}";

    public static (string DefinitionId, string ActivityId) Read(string name) => name.IndexOf('|', StringComparison.Ordinal) is > 0 and var bar ? (name[..bar], name[(bar + 1)..]) : (name, "");

    /// <summary>The first instant, or the next one after a start that was due at <paramref name="last"/>; null when there is none.</summary>
    /// <exception cref="FormatException">The cron expression is not valid.</exception>
    public static DateTimeOffset? Next(WorkflowTrigger trigger, DateTimeOffset now, DateTimeOffset? last, TimeZoneInfo zone)
    {
        var payload = trigger.Payload as JObject ?? [];
        if (payload["cronExpression"] is JValue { Value: string cron }) return Cron.Next(cron, now, zone);
        if (payload["interval"] is JValue { Value: string text } && TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero)
        {
            if (last is not { } before) return now + interval;
            // After a standstill it starts once and keeps its pace.
            var due = before + interval;
            return due > now ? due : before + (interval * Math.Ceiling((now - before) / interval));
        }

        if (last is not null || payload["executeAt"] is not JValue { Value: string at }) return null;
        // What has passed starts nothing, as in Elsa: each publishing would start it once more.
        var start = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
        return start > now ? start : null;
    }

    public static async Task ArmAsync(AutomationDbContext context, AccountInfo account, string definitionId, IReadOnlyList<WorkflowTrigger> triggers, IIdSource ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var trigger in triggers)
        {
            if (FirstOf(trigger, now, account.TimeZone) is not { } due) continue;
            var name = NameOf(definitionId, trigger.ActivityId);
            if (!await context.Mailboxes.AnyAsync(row => row.AccountId == account.Id.Value && row.ConnectionId == Guid.Empty && row.EntityType == EntityTypes.Schedule && row.EntityId == name, cancellationToken))
                context.Mailboxes.Add(new MailboxRow { AccountId = account.Id.Value, ConnectionId = Guid.Empty, EntityType = EntityTypes.Schedule, EntityId = name, UpdatedAt = now });
            context.Timers.Add(new TimerRow { Id = ids.NewId(), AccountId = account.Id.Value, ConnectionId = Guid.Empty, EntityType = EntityTypes.Schedule, EntityId = name, Kind = Kind, TriggerId = name, DueAt = due });
        }
    }

    public static async Task DisarmAsync(AutomationDbContext context, AccountId account, IReadOnlyList<string> definitionIds, CancellationToken cancellationToken)
    {
        foreach (var definition in definitionIds)
        {
            var begins = NameOf(definition, "");
            context.Timers.RemoveRange(await context.Timers.Where(timer => timer.AccountId == account.Value && timer.ConnectionId == Guid.Empty && timer.EntityType == EntityTypes.Schedule && timer.Kind == Kind && timer.TriggerId!.StartsWith(begins)).ToListAsync(cancellationToken));
        }
    }

    private static DateTimeOffset? FirstOf(WorkflowTrigger trigger, DateTimeOffset now, TimeZoneInfo zone)
    {
        try
        {
            return Next(trigger, now, null, zone);
        }
        catch (FormatException)
        {
            throw new DefinitionInvalidException([new(trigger.ActivityId, "cron_invalid", $"'{trigger.Payload["cronExpression"]}' is no cron expression of six fields, seconds first: 0 0 10 ? * MON-FRI.")]);
        }
    }
}
