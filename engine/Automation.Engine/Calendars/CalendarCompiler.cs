using System.Globalization;
using NodaTime;

namespace Automation.Engine.Calendars;

/// <summary>Checks a calendar file and makes it ready, together with the ones it stands on.</summary>
public static class CalendarCompiler
{
    internal const string Russia = "ru";
    private const int Deepest = 4;

    /// <param name="find">Documents by name, for <see cref="CalendarDocument.Extends"/>; null when there is none.</param>
    /// <param name="zone">IANA zone of calendars that name none.</param>
    /// <exception cref="CalendarInvalidException">The file, or one it stands on, cannot be used; all the problems are listed.</exception>
    public static WorkCalendar Compile(string name, CalendarDocument document, Func<string, CalendarDocument?> find, string zone)
    {
        var chain = new List<CalendarDocument> { document };
        while (chain[0].Extends is { Length: > 0 } basis)
        {
            if (basis == name || chain.Count == Deepest) throw Invalid("extends", $"The calendar '{name}' stands on itself, or on more than {Deepest - 1} others.");
            chain.Insert(0, find(basis) ?? throw Invalid("extends", $"There is no calendar '{basis}'. Save it first, or name one of the bundled: {string.Join(", ", BundledCalendars.Names)}."));
        }

        var problems = new List<CalendarProblem>();
        CheckHead(document, chain.Count > 1, problems);
        var week = Read("week", Last(one => one.Week), WeekHours.Parse, problems);
        var off = Read("daysOffHours", Last(one => one.DaysOffHours), WeekHours.ParseDay, problems) ?? [];
        var shortBy = Last(one => one.ShortBy) is { } text ? ReadShort(text, problems) : TimeSpan.FromHours(1);
        var zoneId = Last(one => one.TimeZone) ?? zone;
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneId) is not { } found) problems.Add(new("timeZone", $"'{zoneId}' is not a time zone; write one like Europe/Moscow."));
        else if (problems.Count == 0)
        {
            var marks = new Dictionary<LocalDate, DayMark>();
            foreach (var one in chain)
                foreach (var (date, mark) in CalendarDays.Read(one, week!, ReferenceEquals(one, document) ? problems : [])) marks[date] = mark;
            if (problems.Count == 0)
                return new(name, found, week!, off, shortBy, marks, chain[0].Years.Select(year => year.Year).ToHashSet(), chain[0].Law, string.Join('\n', chain.Select(one => CalendarJson.Write(one, indented: false))));
        }
        throw new CalendarInvalidException(problems);

        string? Last(Func<CalendarDocument, string?> choose) => chain.Select(choose).LastOrDefault(value => value is not null);
    }

    private static void CheckHead(CalendarDocument document, bool stands, List<CalendarProblem> problems)
    {
        if (document.Format != CalendarDocument.CurrentFormat) problems.Add(new("format", $"This is '{document.Format}'; the format here is '{CalendarDocument.CurrentFormat}'."));
        if (document.Week is null && !stands) problems.Add(new("week", "Write the working hours of the week: mon-fri 10:00-18:00."));
        if (document.Law is not (null or Russia)) problems.Add(new("law", $"'{document.Law}' is not known; write ru, or leave it out."));
        if (document.Law is not null && stands) problems.Add(new("law", "The law belongs to the calendar that this one stands on."));
        if (document.Title is { Length: > 200 }) problems.Add(new("title", "The title takes at most 200 characters."));
        foreach (var doubled in document.Years.GroupBy(year => year.Year).Where(group => group.Count() > 1))
            problems.Add(new("years", $"The year {doubled.Key.ToString(CultureInfo.InvariantCulture)} stands there twice."));
    }

    private static T? Read<T>(string path, string? text, Func<string, T> parse, List<CalendarProblem> problems) where T : class
    {
        try
        {
            return text is null ? null : parse(text);
        }
        catch (FormatException e)
        {
            problems.Add(new(path, e.Message));
            return null;
        }
    }

    private static TimeSpan ReadShort(string text, List<CalendarProblem> problems)
    {
        try
        {
            if (TimeLength.Parse(text) is { Working: false, Days: 0 } length && length.Time > TimeSpan.Zero && length.Time < TimeSpan.FromDays(1)) return length.Time;
        }
        catch (FormatException)
        {
            // Told below, as the same problem.
        }
        problems.Add(new("shortBy", $"'{text}' does not say how much earlier a short day ends; write 1h or 30m."));
        return default;
    }

    private static CalendarInvalidException Invalid(string path, string message) => new(new CalendarProblem(path, message));
}
