using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Funnels;

namespace Automation.Engine.Ports;

/// <summary>Computes deadlines by the account's calendars and its managers' shifts and leave.</summary>
public interface IWorkCalendars
{
    /// <exception cref="CalendarInvalidException">The account has no such calendar, or it cannot be used.</exception>
    /// <exception cref="NoWorkingTimeException">There is no working time to count.</exception>
    ValueTask<Deadline> FindAsync(AccountId account, ConnectionId connection, DueRule rule, CancellationToken cancellationToken);

    /// <summary>The first moment within a trigger's hours, the given one or after it; the given one itself when it lies within them.</summary>
    /// <exception cref="CalendarInvalidException">The account has no such calendar, or it or the week cannot be used.</exception>
    /// <exception cref="NoWorkingTimeException">The hours never come.</exception>
    ValueTask<Deadline> OpeningAsync(AccountId account, ActiveHours hours, DateTimeOffset moment, CancellationToken cancellationToken);
}
