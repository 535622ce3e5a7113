using System.Globalization;
using Automation.Engine.Calendars;
using Automation.Engine.Events;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Mailboxes;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Matching;

/// <summary>What a match looks at. One snapshot for all triggers of an event.</summary>
public sealed record MatchInput(StoredEvent Stored, Derivation Derivation, MailboxState Before, IExpressionScope Scope, string? SourceName, bool SameConnection)
{
    /// <summary>Counts delays in working time.</summary>
    public required DelayCounter Delays { get; init; }

    /// <summary>Triggers that have a run waiting for its time; a debounced one is replaced by a later event.</summary>
    public IReadOnlySet<string>? Waiting { get; init; }
}

/// <summary>Limits of R14.</summary>
public sealed record GuardLimits(int RunsPerTrigger = 20, int WindowMinutes = 10, int MaxDepth = 10);

/// <summary>Takes verdicts. Pure but for what the scope reads through journaled inputs.</summary>
public sealed class TriggerMatcher(IExpressionEvaluator evaluator)
{
    public async ValueTask<Verdict> MatchAsync(CompiledTrigger trigger, MatchInput input, GuardLimits limits, CancellationToken cancellationToken)
    {
        var definition = trigger.Definition;
        var told = input.Stored.Event;
        if (!definition.Enabled) return No(Reasons.Disabled);
        if (told.TriggerId is { } only && only != definition.Id) return No(Reasons.OtherEvent, Seen("event", told.Kind));
        // Applied by hand: it stands for the trigger's own event, for deals that are in its stages already.
        if (told.Kind != EventKinds.Applied && Unwatched(trigger, input) is { } unwatched) return unwatched;
        if (OutOfSpan(trigger, input) is { } outside) return outside;
        if (Again(definition, input) is { } again) return again;
        if (Guarded(definition, input, limits) is { } guarded) return guarded;
        var (refusal, values) = await CheckConditionAsync(definition, input.Scope, cancellationToken);
        if (refusal is not null) return refusal;
        // Only what would fire counts as once too often.
        if (TooOften(definition, input, limits) is { } tooOften) return tooOften;

        Deadline? due, opening;
        string? late;
        try
        {
            (due, late) = await DueAsync(definition, input, cancellationToken);
            if (definition.Debounce is { Take: DebounceTake.Last, Within: { } quiet } && late is null && input.Stored.AcceptedAt + quiet is var calm && (due is null || due.At < calm)) due = new(calm, null, "", []);
            opening = late is null ? await input.Delays.OpeningAsync(definition.When.Active, due?.At ?? input.Scope.Now, cancellationToken) : null;
        }
        catch (Exception e) when (e is CalendarInvalidException or NoWorkingTimeException)
        {
            return new(definition.Id, definition.Name, VerdictOutcome.No, e is CalendarInvalidException ? CalendarInvalidException.Code : NoWorkingTimeException.Code, e.Message, values);
        }

        if (late is not null) return No(late, Seen(definition.When.Timing.Field ?? "date", due?.At.ToString("O", CultureInfo.InvariantCulture)));
        if (opening is not null && definition.When.Active!.Outside == OutsideHours.Skip) return No(Reasons.OutsideHours, Seen("opens", opening.At.ToString("O", CultureInfo.InvariantCulture)));
        due = opening ?? due;
        return due is null
            ? new(definition.Id, definition.Name, VerdictOutcome.Fired, Reasons.Fired, null, values)
            : new(definition.Id, definition.Name, VerdictOutcome.Scheduled, Reasons.Scheduled, null, [.. values, .. DelayCounter.Seen(due)], due.At, due.By);

        Verdict No(string reason, params SeenValue[] seen) => new(definition.Id, definition.Name, VerdictOutcome.No, reason, null, seen);
    }

    /// <summary>The second look of a delayed trigger: span and condition again, with fresh values.</summary>
    public async ValueTask<Verdict> LookAgainAsync(CompiledTrigger trigger, StageRef? stage, IExpressionScope scope, CancellationToken cancellationToken)
    {
        var definition = trigger.Definition;
        var leaves = definition.When.Event == TriggerEvents.LeftStage;
        if (!leaves && !trigger.InSpan(stage))
            return new(definition.Id, definition.Name, VerdictOutcome.No, Reasons.LeftSpan, null, [Seen("stage", stage?.ToString())]);
        var (refusal, values) = await CheckConditionAsync(definition, scope, cancellationToken);
        return refusal ?? new(definition.Id, definition.Name, VerdictOutcome.Fired, Reasons.Fired, null, values);
    }

    private static Verdict? Unwatched(CompiledTrigger trigger, MatchInput input)
    {
        var when = trigger.Definition.When;
        var derivation = input.Derivation;
        var fromElsewhere = when.Event is TriggerEvents.Webhook or TriggerEvents.BookingCreated or TriggerEvents.BookingChanged;
        if (!fromElsewhere && !input.SameConnection) return No(Reasons.OtherSource, Seen("source", input.SourceName));
        if (!derivation.Happened(when.Event))
            return derivation.Quiet is { } quiet && quiet != "not_watched"
                ? No(Reasons.NothingChanged, Seen("event", quiet))
                : No(Reasons.OtherEvent, Seen("event", string.Join(", ", derivation.Occurrences.Distinct())));
        if (fromElsewhere && when.Source is { Length: > 0 } source && source != input.SourceName) return No(Reasons.OtherSource, Seen("source", input.SourceName));
        if (when.Event == TriggerEvents.FieldChanged && when.Field is { } field && !FieldChanged(field, derivation)) return No(Reasons.OtherField, Seen("changed", string.Join(", ", derivation.Changes.Properties().Select(change => change.Name))));
        if (when.Event == TriggerEvents.TagAdded && when.Tag is { Length: > 0 } tag)
        {
            var change = derivation.Changes[EntityFields.Tags];
            var added = EventDeriver.Tags(change?["new"]).Except(EventDeriver.Tags(change?["old"])).ToList();
            if (!added.Contains(tag)) return No(Reasons.OtherTag, Seen("added", string.Join(", ", added)));
        }

        return null;

        Verdict No(string reason, params SeenValue[] seen) => new(trigger.Definition.Id, trigger.Definition.Name, VerdictOutcome.No, reason, null, seen);
    }

    private static bool FieldChanged(string field, Derivation derivation)
    {
        if (derivation.Changes[field] is not null || derivation.Changes[$"cf.{field}"] is not null) return true;
        return derivation.State.Known?[EntityFields.CustomFields] is JObject fields
            && fields.Properties().Any(named => (string?)named.Value["name"] == field && derivation.Changes[$"cf.{named.Name}"] is not null);
    }

    private static Verdict? OutOfSpan(CompiledTrigger trigger, MatchInput input)
    {
        var definition = trigger.Definition;
        if (definition.When.Stages.Count == 0) return null;
        var (from, to) = (input.Derivation.FromStage, input.Derivation.ToStage);
        var seen = new[] { Seen("from", from?.ToString()), Seen("to", to?.ToString()) };
        return definition.When.Event switch
        {
            TriggerEvents.LeftStage when !trigger.InSpan(from) => No(Reasons.OutsideSpan),
            TriggerEvents.LeftStage when trigger.InSpan(to) && to is not null => No(Reasons.InsideSpan),
            TriggerEvents.LeftStage => null,
            TriggerEvents.Schedule or TriggerEvents.Webhook or TriggerEvents.IncomingLead or TriggerEvents.BookingCreated or TriggerEvents.BookingChanged
                when input.Stored.Mailbox.EntityType != EntityTypes.Deal => null,
            _ when !trigger.InSpan(to) => No(Reasons.OutsideSpan),
            // Entering a span means from outside it; moves inside do not fire again.
            TriggerEvents.EnteredStage or TriggerEvents.CreatedOrEntered when from is not null && from != to && trigger.InSpan(from) => No(Reasons.InsideSpan),
            _ => null,
        };

        Verdict No(string reason) => new(definition.Id, definition.Name, VerdictOutcome.No, reason, null, seen);
    }

    private static Verdict? Again(FunnelTrigger definition, MatchInput input)
    {
        if (TooSoon(definition, input) is { } tooSoon) return tooSoon;
        if (definition.Debounce?.Take == DebounceTake.Last && input.Waiting?.Contains(definition.Id) == true) return null;
        if (definition.Reentry == Reentry.EveryTime || !input.Before.Fired.TryGetValue(definition.Id, out var firing)) return null;
        // Things that come again by themselves are not bound to the visit.
        if (definition.Reentry == Reentry.OncePerVisit && (!firing.ThisVisit || input.Stored.Mailbox.EntityType != EntityTypes.Deal || definition.When.Event is TriggerEvents.Manual)) return null;
        var reason = definition.Reentry == Reentry.OnceEver ? Reasons.AlreadyEver : Reasons.AlreadyThisVisit;
        return new(definition.Id, definition.Name, VerdictOutcome.No, reason, null, [Seen("fired_at", firing.Last.ToString("O", CultureInfo.InvariantCulture))]);
    }

    private static Verdict? TooSoon(FunnelTrigger definition, MatchInput input)
    {
        if (definition.Debounce is not { Take: DebounceTake.First, Within: { } within } || !input.Before.Fired.TryGetValue(definition.Id, out var firing)) return null;
        return input.Scope.Now - firing.Last >= within ? null
            : new(definition.Id, definition.Name, VerdictOutcome.No, Reasons.TooSoon, null, [Seen("fired_at", firing.Last.ToString("O", CultureInfo.InvariantCulture)), Seen("within", DurationConverter.Format(within))]);
    }

    private static Verdict? Guarded(FunnelTrigger definition, MatchInput input, GuardLimits limits)
    {
        if (input.Derivation.Depth > limits.MaxDepth)
            return new(definition.Id, definition.Name, VerdictOutcome.No, Reasons.ChainTooDeep, null, [new("depth", input.Derivation.Depth)]);
        if (input.Before.Fired.GetValueOrDefault(definition.Id) is not { Stopped: not null } stopped) return null;
        return new(definition.Id, definition.Name, VerdictOutcome.No, Reasons.LoopGuard, null, stopped.Cycle is null ? [] : [new("cycle", stopped.Cycle)]);
    }

    private static Verdict? TooOften(FunnelTrigger definition, MatchInput input, GuardLimits limits)
    {
        if (!input.Before.Fired.TryGetValue(definition.Id, out var firing)) return null;
        var recent = firing.Recent.Count(at => input.Scope.Now - at < TimeSpan.FromMinutes(limits.WindowMinutes));
        return recent < limits.RunsPerTrigger ? null
            : new(definition.Id, definition.Name, VerdictOutcome.No, Reasons.LoopGuard, null, [new("runs", recent), new("minutes", limits.WindowMinutes)]);
    }

    private async ValueTask<(Verdict? Refusal, IReadOnlyList<SeenValue> Seen)> CheckConditionAsync(FunnelTrigger definition, IExpressionScope scope, CancellationToken cancellationToken)
    {
        if (definition.If is not { Text.Length: > 0 } condition) return (null, []);
        EvaluationResult result;
        try
        {
            result = await evaluator.EvaluateAsync(condition.ToExpression(), scope, cancellationToken);
        }
        catch (Ports.RemoteCallException e) when (!e.MayPass)
        {
            result = EvaluationResult.Failed(new(e.Code, e.Message));
        }

        if (result.Error is { } error) return (No(error.Code, error.Message, error.Ru), result.Seen);
        return result.Value switch
        {
            JValue { Value: true } => (null, result.Seen),
            JValue { Value: false } => (No(Reasons.ConditionFalse), result.Seen),
            { Type: JTokenType.Null } => (No("value_missing", "The condition gave no value.", "Условие не дало ответа."), result.Seen),
            _ => (No("expression_failed", "The condition is neither true nor false.", "Ответ условия — не «да» и не «нет»."), result.Seen),
        };

        Verdict No(string reason, string? message = null, string? ru = null) => new(definition.Id, definition.Name, VerdictOutcome.No, reason, message, result.Seen) { MessageRu = ru };
    }

    private static async ValueTask<(Deadline? Due, string? Late)> DueAsync(FunnelTrigger definition, MatchInput input, CancellationToken cancellationToken)
    {
        var timing = definition.When.Timing;
        var scope = input.Scope;
        switch (timing.Kind)
        {
            case TimingKind.After when timing.Delay is { IsZero: false, IsNegative: false }:
                return (await input.Delays.CountAsync(input.Stored.AcceptedAt, timing, scope, cancellationToken), null);
            case TimingKind.DailyAt when timing.At is { } at:
                return (DelayCounter.At(Clock.NextLocal(scope.Now, TimeOnly.Parse(at, CultureInfo.InvariantCulture), scope.TimeZone)), null);
            case TimingKind.DateField when definition.When.Event != TriggerEvents.DateField && timing.Field is { } field:
                var deal = await scope.ReadRootAsync("deal", cancellationToken);
                if (Clock.ReadDate(FieldValue(deal, field), scope.TimeZone) is not { } date) return (null, Reasons.DateMissing);
                var due = await input.Delays.CountAsync(date, timing, scope, cancellationToken);
                if (due.At > scope.Now) return (due, null);
                // A moment that has just passed still counts within half of the interval, as in amoCRM.
                return scope.Now - due.At <= (date - due.At).Duration() / 2 ? (null, null) : (due, Reasons.DatePassed);
            default:
                return (null, null);
        }
    }

    /// <summary>A field of a flattened root by path, custom field id or shown name.</summary>
    public static JToken? FieldValue(JToken root, string field) =>
        root is not JObject entity ? null : entity[field] ?? entity[EntityFields.CustomFields]?[field] ?? (field.StartsWith("cf.", StringComparison.Ordinal) ? entity[EntityFields.CustomFields]?[field[3..]] : null);

    private static SeenValue Seen(string path, string? value) => new(path, value is null ? JValue.CreateNull() : new JValue(value));
}

/// <summary>Local time of an account.</summary>
public static class Clock
{
    /// <summary>The next instant, strictly after <paramref name="now"/>, at which the zone's clock shows <paramref name="time"/>. A time that a spring change skips is taken when the clock has jumped.</summary>
    public static DateTimeOffset NextLocal(DateTimeOffset now, TimeOnly time, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        for (var day = 0; ; day++)
        {
            var wall = local.Date.AddDays(day) + time.ToTimeSpan();
            while (zone.IsInvalidTime(wall)) wall = wall.AddMinutes(15);
            var instant = new DateTimeOffset(wall, zone.GetUtcOffset(wall));
            if (instant > now) return instant.ToUniversalTime();
        }
    }

    /// <summary>An ISO text as an instant; a date without time is midnight in the zone; null when it is no date.</summary>
    public static DateTimeOffset? ReadDate(JToken? value, TimeZoneInfo zone)
    {
        if (value is JValue { Value: DateTimeOffset exact }) return exact.ToUniversalTime();
        if (value is not JValue { Value: string text } || text.Length < 10) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            var midnight = date.ToDateTime(TimeOnly.MinValue);
            while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15);
            return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
        }

        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var parsed)) return null;
        if (parsed.Kind != DateTimeKind.Unspecified) return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUniversalTime();
        return new DateTimeOffset(parsed, zone.GetUtcOffset(parsed)).ToUniversalTime();
    }
}
