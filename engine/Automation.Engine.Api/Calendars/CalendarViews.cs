using Automation.Engine.Calendars;
using Automation.Engine.Hosting.Calendars;

namespace Automation.Engine.Api.Calendars;

/// <param name="Own">False: it comes with the product.</param>
/// <param name="Warning">In words: a year that is missing, soon to begin or begun.</param>
public sealed record CalendarView(string Name, string? Title, bool Own, string TimeZone, IReadOnlyCollection<int> Years, DateTimeOffset? UpdatedAt, string? UpdatedBy, string? Warning);

/// <param name="Document">The calendar as a file.</param>
public sealed record CalendarDetail(string Name, bool Own, object Document);

/// <param name="Moved">How many waiting deadlines have another time now.</param>
/// <param name="Deadlines">The first of them.</param>
/// <param name="Stuck">Deadlines that cannot be counted by the calendar as it is now; they keep their time.</param>
/// <param name="Finished">False: there are so many that the rest moves after the answer; the journal tells of each.</param>
public sealed record SavedCalendar(string Name, int Moved, IReadOnlyList<MovedView> Deadlines, int Stuck, bool Finished)
{
    internal static SavedCalendar Of(string name, DeadlineReport report) => new(
        name, report.Count,
        [.. report.First.Select(one => new MovedView(one.EntityType == Mailboxes.EntityTypes.Deal ? one.EntityId : null, one.EntityType, one.EntityId, one.RunId, one.TriggerId, one.Calendar, one.From, one.To))], report.Stuck, report.Finished);
}

/// <param name="Deal">The deal's id; absent for other entities.</param>
public sealed record MovedView(string? Deal, string EntityType, string EntityId, Guid? RunId, string? TriggerId, string Calendar, DateTimeOffset From, DateTimeOffset To);
