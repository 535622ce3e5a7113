using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>Timers of date_field triggers.</content>
internal sealed partial class StepPlanner
{
    /// <summary>A date_field trigger follows its field: armed while the deal is in the span, moved when the date moves.</summary>
    private async ValueTask ArmDateAsync(MailboxKey key, StepBuilder step, CompiledTrigger trigger, EventScope scope, AccountInfo account, StageRef? stage, CancellationToken cancellationToken)
    {
        var definition = trigger.Definition;
        if (definition.When.Event != TriggerEvents.DateField || definition.When.Field is not { } field || step.State.Known is null) return;
        var date = definition.Enabled && trigger.InSpan(stage) ? Clock.ReadDate(TriggerMatcher.FieldValue(EventScope.Flatten(step.State.Known), field), account.TimeZone) : null;
        var due = date is { } from ? await CountAsync(key, step, definition, from, scope, cancellationToken) : null;
        var armed = step.State.Armed.TryGetValue(definition.Id, out var before) ? before : (DateTimeOffset?)null;
        // A changed calendar moves the row behind the mailbox's back: an equal time is the armed one only if it was counted by the same calendar.
        if (due?.At == armed && (due?.By is not { } by || step.HasTimer(timer => timer.Kind == "date" && timer.TriggerId == definition.Id && timer.DueStamp == by.Stamp))) return;
        step.RemoveTimers(timer => timer.Kind == "date" && timer.TriggerId == definition.Id);
        var next = Without(step.State.Armed, definition.Id);
        if (due is { } at && at.At > scope.Now)
        {
            step.AddTimer("date", at.At, trigger: definition.Id, by: at.By);
            next[definition.Id] = at.At;
        }

        step.State = step.State with { Armed = next };
    }

    /// <returns>Null, and a row in the journal, when the calendar does not give a deadline.</returns>
    private async ValueTask<Deadline?> CountAsync(MailboxKey key, StepBuilder step, FunnelTrigger definition, DateTimeOffset date, IExpressionScope scope, CancellationToken cancellationToken)
    {
        try
        {
            return await new DelayCounter(calendars, key.Account, key.Connection).CountAsync(date, definition.When.Timing, scope, cancellationToken);
        }
        catch (Exception e) when (e is CalendarInvalidException or NoWorkingTimeException)
        {
            step.AddJournal("calendar", new JObject { ["problem"] = e.Message, ["trigger"] = definition.Id, ["name"] = definition.Name });
            return null;
        }
    }

    /// <summary>Arms a trigger for a deal that was in its span when the funnel was published.</summary>
    private async Task ArmAsync(MailboxKey key, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken)
    {
        var published = await funnels.PublishedAsync(key.Account);
        var trigger = published.Where(funnel => funnel.Connection == key.Connection).SelectMany(funnel => funnel.Triggers).FirstOrDefault(one => one.Definition.Id == stored.Event.TriggerId);
        if (trigger is null) return;
        var stage = step.State.Visit is { } visit ? new StageRef(visit.PipelineId, visit.StageId) : (StageRef?)null;
        var scope = new EventScope(account, key, step.State, [], NewInputs(), ports, directories, step.Now, fresh: false);
        await ArmDateAsync(key, step, trigger, scope, account, stage, cancellationToken);
    }

    /// <summary>Reaches the deals of the span, each in its own mailbox; the fan-out is an effect of this step, keyed by the timer.</summary>
    private async Task ArmAllAsync(MailboxKey key, StepBuilder step, TimerRow timer, CancellationToken cancellationToken)
    {
        var published = await funnels.PublishedAsync(key.Account);
        var (funnel, trigger) = published.SelectMany(funnel => funnel.Triggers.Select(one => (funnel, one))).FirstOrDefault(pair => pair.one.Definition.Id == timer.TriggerId && pair.funnel.Connection == key.Connection);
        if (trigger?.Definition.When.Event != TriggerEvents.DateField) return;
        var request = new JObject
        {
            ["kind"] = InternalEvents.Arm,
            ["connection"] = funnel.Connection.Value,
            ["trigger"] = trigger.Definition.Id,
            ["stages"] = new JArray(trigger.Definition.When.Stages.Select(stage => stage.ToString())),
        };
        step.AddEffect(Guid.Empty, 0, EffectKeys.Of(key.Account, Guid.Empty, $"arm/{trigger.Definition.Id}/{timer.Id}", 0), new("fanout", null, request, EffectPolicy.Retry, $"dates of {trigger.Definition.Name}"), "", "");
    }

    private static Dictionary<string, DateTimeOffset> Without(IReadOnlyDictionary<string, DateTimeOffset> armed, string trigger)
    {
        var rest = new Dictionary<string, DateTimeOffset>(armed, StringComparer.Ordinal);
        rest.Remove(trigger);
        return rest;
    }
}
