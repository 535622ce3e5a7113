namespace Automation.Engine.Calendars;

/// <summary>A working calendar as one readable file. Its name stands outside it: in the account's list, or as a bundled one.</summary>
public sealed record CalendarDocument
{
    public const string CurrentFormat = "automation.calendar/1";

    public string Format { get; init; } = CurrentFormat;

    /// <summary>What people call it; null for its name.</summary>
    public string? Title { get; init; }

    /// <summary>Name of the calendar that this one stands on (a regional file on the country's); null for none.</summary>
    public string? Extends { get; init; }

    /// <summary>IANA zone of its hours; null: that of the calendar it stands on, else the account's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Hours of the week, such as <c>mon-fri 09:00-13:00, mon-fri 14:00-18:00</c>; a weekday without hours is a day off. Needed unless it stands on another calendar.</summary>
    public string? Week { get; init; }

    /// <summary>Hours on days off, such as <c>12:00-18:00</c>: they count for hours, never as a working day. Null: none.</summary>
    public string? DaysOffHours { get; init; }

    /// <summary>How much earlier a short day ends, such as <c>1h</c> (the default).</summary>
    public string? ShortBy { get; init; }

    /// <summary>Rule for a year that is missing here: <c>ru</c> (Labour Code, article 112); null: the hours of the week alone.</summary>
    public string? Law { get; init; }

    public IReadOnlyList<CalendarYear> Years { get; init; } = [];
}

/// <summary>Days of one year that differ from the hours of the week. Each is <c>MM-dd</c> or a span <c>MM-dd..MM-dd</c>.</summary>
public sealed record CalendarYear
{
    public int Year { get; init; }

    /// <summary>Days off beside those that the week gives.</summary>
    public IReadOnlyList<string> Off { get; init; } = [];

    /// <summary>Days off of the week that are worked, with the hours of the last weekday before them that has hours.</summary>
    public IReadOnlyList<string> Working { get; init; } = [];

    /// <summary>Days that end earlier.</summary>
    public IReadOnlyList<string> Short { get; init; } = [];

    /// <summary>Where the days come from: a law, a decree, a link.</summary>
    public string? Source { get; init; }
}

/// <param name="Path">Such as <c>years[0].off[2]</c>; empty for the whole file.</param>
public sealed record CalendarProblem(string Path, string Message);

/// <summary>A calendar that cannot be used, with the places.</summary>
public sealed class CalendarInvalidException(params IReadOnlyList<CalendarProblem> problems)
    : Exception(string.Join(" ", problems.Select(problem => problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}")))
{
    public const string Code = "calendar_invalid";

    public IReadOnlyList<CalendarProblem> Problems { get; } = problems;
}

/// <summary>A deadline cannot be computed: the calendar has no working time there, or the moment is out of range.</summary>
public sealed class NoWorkingTimeException(string message) : Exception(message)
{
    public const string Code = "no_working_time";
}
