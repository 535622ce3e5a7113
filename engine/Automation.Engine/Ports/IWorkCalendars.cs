using Automation.Engine.Accounts;
using Automation.Engine.Calendars;

namespace Automation.Engine.Ports;

/// <summary>Computes deadlines by the account's calendars and its managers' shifts and leave.</summary>
public interface IWorkCalendars
{
    /// <exception cref="CalendarInvalidException">The account has no such calendar, or it cannot be used.</exception>
    /// <exception cref="NoWorkingTimeException">There is no working time to count.</exception>
    ValueTask<Deadline> FindAsync(AccountId account, ConnectionId connection, DueRule rule, CancellationToken cancellationToken);
}
