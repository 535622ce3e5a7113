using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Events;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Matching;

/// <summary>Counts the delay of a trigger from a moment. A delay that names no working time asks nobody.</summary>
/// <param name="Calendars">Asked for working time only.</param>
public sealed record DelayCounter(IWorkCalendars Calendars, AccountId Account, ConnectionId Connection)
{
    /// <summary>Value of a verdict that names the calendar.</summary>
    public const string SeenCalendar = "work_calendar";

    /// <summary>Value of a verdict that names years whose days the calendar does not list.</summary>
    public const string SeenMissingYear = "work_calendar_missing_year";

    public static Deadline At(DateTimeOffset moment) => new(moment, null, "", []);

    /// <exception cref="CalendarInvalidException">The account has no such calendar, or it cannot be used.</exception>
    /// <exception cref="NoWorkingTimeException">There is no working time to count.</exception>
    public async ValueTask<Deadline> CountAsync(DateTimeOffset from, Timing timing, IExpressionScope scope, CancellationToken cancellationToken)
    {
        if (timing.Delay is not { } delay) return At(from);
        if (!delay.Working) return At(WorkingTime.AddOrdinary(from, delay, scope.TimeZone));
        var manager = timing.Manager != Timing.Responsible ? timing.Manager : Text(((await scope.ReadRootAsync("deal", cancellationToken)) as JObject)?[EntityFields.ResponsibleId]);
        return await Calendars.FindAsync(Account, Connection, new(from, delay, timing.Calendar, manager), cancellationToken);
    }

    /// <returns>Null when the moment lies within the trigger's hours.</returns>
    /// <exception cref="CalendarInvalidException">The account has no such calendar, or it cannot be used.</exception>
    /// <exception cref="NoWorkingTimeException">The hours never come.</exception>
    public async ValueTask<Deadline?> OpeningAsync(ActiveHours? hours, DateTimeOffset moment, CancellationToken cancellationToken) =>
        hours is not null && await Calendars.OpeningAsync(Account, hours, moment, cancellationToken) is { } opening && opening.At > moment ? opening : null;

    /// <summary>What a verdict tells of the calendar that counted.</summary>
    public static IEnumerable<SeenValue> Seen(Deadline due)
    {
        if (due.Calendar.Length == 0) yield break;
        yield return new(SeenCalendar, due.Calendar);
        if (due.MissingYears.Count > 0) yield return new(SeenMissingYear, string.Join(", ", due.MissingYears));
    }

    private static string? Text(JToken? token) => token is null or { Type: JTokenType.Null } ? null : token.ToString();
}
