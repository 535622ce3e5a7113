using System.CommandLine;
using System.Globalization;
using Automation.Engine.Calendars;
using NodaTime;
using NodaTime.Text;

namespace Automation.Server.CommandLine;

/// <summary>Counts a deadline without a server, as a wait would.</summary>
internal static class WhenVerb
{
    private static readonly string[] Local = ["uuuu-MM-ddTHH:mm", "uuuu-MM-ddTHH:mm:ss", "uuuu-MM-dd HH:mm", "uuuu-MM-dd"];

    public static Command Create()
    {
        var text = new Argument<string>("LENGTH") { Description = "Such as 'after 3wh', 'before 2wd', 45m; docs/working-time.md describes it." };
        var at = new Option<string?>("--at") { Description = "Counted from: 2025-03-14T17:30 by the calendar's clock, or with an offset such as +03:00 or Z. Default: now." };
        var calendar = new Option<string>("--calendar") { Description = $"A calendar file, or a bundled calendar: {string.Join(", ", BundledCalendars.Names)}.", DefaultValueFactory = _ => BundledCalendars.Default };
        var zone = new Option<string>("--zone") { Description = "IANA zone of a calendar that names none.", DefaultValueFactory = _ => "Europe/Moscow" };
        var command = new Command("when", "Print when a length of time, ordinary or working, is over; needs no server.") { text, at, calendar, zone };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var found = await ReadAsync(parsed.GetRequiredValue(calendar), parsed.GetRequiredValue(zone), cancellationToken);
                var (from, note) = Moment(parsed.GetValue(at), found.Zone);
                var due = WorkingTime.Add(from, MomentText.Parse(parsed.GetRequiredValue(text)), found);
                var output = parsed.InvocationConfiguration.Output;
                await output.WriteLineAsync($"{OffsetDateTimePattern.Rfc3339.Format(Instant.FromDateTimeOffset(due).InZone(found.Zone).ToOffsetDateTime())} {found.Zone.Id}");
                await output.WriteLineAsync($"{InstantPattern.General.Format(Instant.FromDateTimeOffset(due))} UTC");
                if (note is not null) await output.WriteLineAsync(note);
                foreach (var year in found.MissingBetween(from, due)) await output.WriteLineAsync($"! The calendar does not list the days of {year.ToString(CultureInfo.InvariantCulture)}: counted without moved days off.");
                return 0;
            }
            catch (Exception e) when (e is CommandFailedException or FormatException or CalendarInvalidException or NoWorkingTimeException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e is CalendarInvalidException { Problems: var problems } ? Words(problems) : e.Message);
                return 1;
            }
        });
        return command;
    }

    private static async Task<WorkCalendar> ReadAsync(string named, string zone, CancellationToken cancellationToken)
    {
        if (!File.Exists(named))
            return BundledCalendars.Find(named) is { } bundled
                ? CalendarCompiler.Compile(named, bundled, BundledCalendars.Find, zone)
                : throw new CommandFailedException($"--calendar: there is no file '{named}' and no bundled calendar of that name ({string.Join(", ", BundledCalendars.Names)}).");
        try
        {
            return CalendarCompiler.Compile(Path.GetFullPath(named), CalendarJson.Read(await File.ReadAllTextAsync(named, cancellationToken)), BundledCalendars.Find, zone);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"--calendar: the file '{named}' cannot be read: {e.Message}");
        }
    }

    private static (DateTimeOffset Moment, string? Note) Moment(string? text, DateTimeZone zone)
    {
        if (text is null) return (TimeProvider.System.GetUtcNow(), null);
        foreach (var form in Local)
            if (LocalDateTimePattern.CreateWithInvariantCulture(form).Parse(text).TryGetValue(default, out var local))
            {
                var moment = local.InZoneLeniently(zone);
                var note = zone.MapLocal(local).Count switch
                {
                    0 => $"The clock skips {text} there: taken as {OffsetDateTimePattern.Rfc3339.Format(moment.ToOffsetDateTime())}.",
                    2 => $"The clock shows {text} twice there: the first is taken, {OffsetDateTimePattern.Rfc3339.Format(moment.ToOffsetDateTime())}.",
                    _ => null,
                };
                return (moment.ToDateTimeOffset(), note);
            }
        if (OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var exact)) return (exact.ToDateTimeOffset(), null);
        if (OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mmo<Z+HH:mm>").Parse(text).TryGetValue(default, out var minutes)) return (minutes.ToDateTimeOffset(), null);
        throw new CommandFailedException($"--at: '{text}' is not a moment; write 2025-03-14T17:30, or 2025-03-14T17:30+03:00.");
    }

    private static string Words(IReadOnlyList<CalendarProblem> problems) =>
        string.Join(Environment.NewLine, problems.Select(problem => problem.Path.Length == 0 ? $"--calendar: {problem.Message}" : $"--calendar: {problem.Path}: {problem.Message}"));
}
