using System.Globalization;
using Automation.Engine.Calendars;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Waits;

/// <summary>Payload of a bookmark that waits for working time to pass.</summary>
public sealed record WaitPayload(DateTimeOffset ResumeAt);

/// <summary>Waits for ordinary or working time to pass. A wait in working time moves when its calendar, or its manager's shifts, change.</summary>
[Activity("Automation", "Scheduling", "Waits for hours or days, ordinary or working ones, after or before a moment.", DisplayName = "Wait", DisplayNameRu = "Подождать рабочее время", CategoryRu = "Время", DescriptionRu = "Ждёт часы или дни, обычные или рабочие, после момента или до него.")]
[Deterministic]
public sealed class Wait : CodeActivity
{
    /// <summary>Fact of the journal: the calendar does not list the days of a year on the way.</summary>
    public const string YearMissing = "CalendarYearMissing";

    [Input(Description = "3wh, 2wd, 30wm: working time; 3h, 2d, 45m: ordinary; before 1wd: before the moment.", DisplayNameRu = "Сколько", DefaultValue = "1wd", Order = 0, UIHint = "working-duration", IsRequired = true)]
    public Input<string>? Duration { get; set; }

    [Input(DisplayName = "Counted from", Description = "Empty: from now.", DisplayNameRu = "Считать от", UIHint = "datetime-picker", Order = 1)]
    public Input<DateTimeOffset?>? Moment { get; set; }

    [Input(Description = "Name of a working calendar; empty: ru.", DisplayNameRu = "Календарь", Order = 2)]
    public Input<string>? Calendar { get; set; }

    [Input(Description = "User id whose shifts and leave count; empty: nobody's.", DisplayNameRu = "Сотрудник", Order = 3, UIHint = "crm-user")]
    public Input<string>? Manager { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var rule = new DueRule(context.Get(Moment) ?? context.Now, Length(context.Get(Duration)), Named(context.Get(Calendar)), Named(context.Get(Manager)));
        var answer = await context.ReadAsync($"deadline/{rule.ToJson()}", token => FindAsync(context, rule, token));
        if ((string?)answer["code"] is { } code) throw new ActivityFaultException(code, (string?)answer["message"] ?? code);
        var due = DateTimeOffset.Parse((string)answer["at"]!, CultureInfo.InvariantCulture);
        (context.JournalData["due"], context.JournalData["calendar"]) = (answer["at"]!, answer["calendar"]!);
        if (answer["missingYears"] is JArray { Count: > 0 } years) context.AddExecutionLogEntry(YearMissing, null, new JObject { ["calendar"] = answer["calendar"], ["years"] = years });
        if (due <= context.Now) await context.CompleteActivityAsync();
        else context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new WaitPayload(due), DueAt = due, DueBy = answer["by"] is JObject by ? by.ToObject<DueBy>() : null });
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
