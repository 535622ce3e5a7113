using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Calendars;

/// <summary>How a deadline is computed; kept with it, so that it can be computed again when the calendar changes.</summary>
/// <param name="From">The moment it is counted from.</param>
/// <param name="Length">Negative: before the moment.</param>
/// <param name="Calendar">Name of a calendar; null for <see cref="BundledCalendars.Default"/>.</param>
/// <param name="Manager">The CRM's user id of the manager whose shifts and leave count; null for nobody's.</param>
public sealed record DueRule(DateTimeOffset From, TimeLength Length, string? Calendar = null, string? Manager = null)
{
    /// <summary>True when a change of a calendar may move the deadline.</summary>
    public bool Follows => Length.Working;

    public string ToJson() => new JObject
    {
        ["from"] = From.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        ["length"] = Length.ToString(),
        ["calendar"] = Calendar,
        ["manager"] = Manager,
    }.ToString(Newtonsoft.Json.Formatting.None);

    public static DueRule FromJson(string json)
    {
        using var reader = new Newtonsoft.Json.JsonTextReader(new StringReader(json)) { DateParseHandling = Newtonsoft.Json.DateParseHandling.None };
        var rule = JObject.Load(reader);
        return new(DateTimeOffset.Parse((string)rule["from"]!, CultureInfo.InvariantCulture), TimeLength.Parse((string)rule["length"]!), (string?)rule["calendar"], (string?)rule["manager"]);
    }
}

/// <summary>What a waiting deadline was computed by.</summary>
/// <param name="Source">The calendar, with the manager where one counts: deadlines of one source move together.</param>
/// <param name="Stamp">The source as it was then; another one means that the deadline is to be computed again.</param>
/// <param name="Rule">A <see cref="DueRule"/> as JSON.</param>
public sealed record DueBy(string Source, long Stamp, string Rule);

/// <param name="By">Null when no calendar can move it.</param>
/// <param name="Calendar">The calendar that counted.</param>
/// <param name="MissingYears">Years on the way whose days the calendar does not list: they were counted by law or by the week alone.</param>
public sealed record Deadline(DateTimeOffset At, DueBy? By, string Calendar, IReadOnlyList<int> MissingYears);
