using Automation.Engine.Api.Managers;
using Automation.Engine.Hosting.Accounts;

namespace Automation.Designer.Running;

/// <summary>What an admin changes of a manager, as the form holds it.</summary>
public sealed class ManagerEdit
{
    private IReadOnlyList<DatedShift> dates = [];

    public string UserId { get; private init; } = "";

    public bool Active { get; set; }

    public decimal Weight { get; set; }

    /// <summary>0 for no limit.</summary>
    public int MaxOpen { get; set; }

    /// <summary>0 for no limit.</summary>
    public int MaxPerDay { get; set; }

    public string TimeZone { get; set; } = "";

    /// <summary>Monday first.</summary>
    public IReadOnlyList<DayEdit> Days { get; private init; } = [];

    public List<LeaveEdit> Leaves { get; private init; } = [];

    public static ManagerEdit Of(ManagerView manager)
    {
        var sheet = manager.Timesheet;
        return new()
        {
            UserId = manager.UserId,
            Active = manager.Active,
            Weight = manager.Weight,
            MaxOpen = manager.MaxOpen ?? 0,
            MaxPerDay = manager.MaxPerDay ?? 0,
            TimeZone = sheet.TimeZone,
            dates = sheet.Dates,
            Days = [.. Enumerable.Range(1, 7).Select(day => DayEdit.Of((DayOfWeek)(day % 7), sheet.Weekly))],
            Leaves = [.. sheet.Leave.Select(span => new LeaveEdit { From = span.From, To = span.To, Reason = span.Reason })],
        };
    }

    public void AddLeave(DateOnly today) => Leaves.Add(new() { From = today, To = today });

    public ManagerChange Change() => new(null, null, Active, Weight, MaxOpen, MaxPerDay, null, new()
    {
        TimeZone = TimeZone,
        Weekly = [.. Days.SelectMany(day => day.Shifts)],
        Dates = dates,
        Leave = [.. Leaves.Select(leave => new LeaveSpan(leave.From, leave.To, string.IsNullOrWhiteSpace(leave.Reason) ? null : leave.Reason.Trim()))],
    });
}

/// <summary>A day of the week: its first shift is edited, further ones are kept as they are while it works.</summary>
public sealed class DayEdit
{
    public DayOfWeek Day { get; private init; }

    public bool Works { get; set; }

    public TimeOnly Start { get; set; } = new(9, 0);

    public TimeOnly End { get; set; } = new(18, 0);

    public IReadOnlyList<WeeklyShift> More { get; private init; } = [];

    public IEnumerable<WeeklyShift> Shifts => Works ? [new(Day, Start, End), .. More] : [];

    public static DayEdit Of(DayOfWeek day, IReadOnlyList<WeeklyShift> weekly)
    {
        var own = weekly.Where(shift => shift.Day == day).OrderBy(shift => shift.Start).ToList();
        return own is [var first, ..] ? new() { Day = day, Works = true, Start = first.Start, End = first.End, More = [.. own.Skip(1)] } : new() { Day = day };
    }
}

public sealed class LeaveEdit
{
    public DateOnly From { get; set; }

    public DateOnly To { get; set; }

    public string? Reason { get; set; }
}
