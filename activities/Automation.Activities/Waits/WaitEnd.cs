using System.Globalization;
using Automation.Engine.Calendars;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Waits;

/// <summary>The instant at which a wait ends.</summary>
/// <param name="By">What it was counted by, so that it moves with the calendar; null when it does not.</param>
internal sealed record WaitEnd(DateTimeOffset At, DueBy? By)
{
    /// <summary>Fact of the journal: the calendar does not list the days of a year on the way.</summary>
    public const string YearMissing = "CalendarYearMissing";

    /// <exception cref="ActivityFaultException">The length, the calendar or its working time is none.</exception>
    public static async ValueTask<WaitEnd> FindAsync(ActivityExecutionContext context, DateTimeOffset from, string? duration, string? calendar, string? manager)
    {
        var rule = new DueRule(from, Length(duration), Named(calendar), Named(manager));
        var answer = await context.ReadAsync($"deadline/{rule.ToJson()}", token => FindAsync(context, rule, token));
        if ((string?)answer["code"] is { } code) throw new ActivityFaultException(code, (string?)answer["message"] ?? code);
        (context.JournalData["due"], context.JournalData["calendar"]) = (answer["at"]!, answer["calendar"]!);
        if (answer["missingYears"] is JArray { Count: > 0 } years) context.AddExecutionLogEntry(YearMissing, null, new JObject { ["calendar"] = answer["calendar"], ["years"] = years });
        return new(DateTimeOffset.Parse((string)answer["at"]!, CultureInfo.InvariantCulture), answer["by"] is JObject by ? by.ToObject<DueBy>() : null);
    }

    // The answer is journaled: a replay sees the deadline that was counted then, whatever the calendar says now.
    private static async Task<JToken> FindAsync(ActivityExecutionContext context, DueRule rule, CancellationToken cancellationToken)
    {
        try
        {
            var found = await context.GetRequiredService<IWorkCalendars>().FindAsync(context.Subject.Account, context.Subject.Connection, rule, cancellationToken);
            return new JObject
            {
                ["at"] = found.At.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
                ["calendar"] = found.Calendar,
                ["missingYears"] = new JArray(found.MissingYears),
                ["by"] = found.By is { } by ? JObject.FromObject(by) : null,
            };
        }
        catch (CalendarInvalidException e)
        {
            return new JObject { ["code"] = CalendarInvalidException.Code, ["message"] = e.Message };
        }
        catch (NoWorkingTimeException e)
        {
            return new JObject { ["code"] = NoWorkingTimeException.Code, ["message"] = e.Message };
        }
    }

    private static TimeLength Length(string? text)
    {
        try
        {
            return MomentText.Parse(text ?? "");
        }
        catch (FormatException e)
        {
            throw new ActivityFaultException("duration_invalid", e.Message);
        }
    }

    private static string? Named(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
