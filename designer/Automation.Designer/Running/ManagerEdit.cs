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

    /// <summary>Shifts that cannot be saved, for they overlap; null when all is well.</summary>
    public Overlap? Overlap => Overlap.In(Days);

    public void AddLeave(DateOnly today) => Leaves.Add(new() { From = today, To = today });

    public ManagerChange Change() => new(null, null, Active, Weight, MaxOpen, MaxPerDay, null, new()
    {
        TimeZone = TimeZone,
        Weekly = [.. Days.Where(day => day.Works).SelectMany(day => day.Shifts.OrderBy(shift => shift.Start).Select(shift => new WeeklyShift(day.Day, shift.Start, shift.End)))],
        Dates = dates,
        Leave = [.. Leaves.Select(leave => new LeaveSpan(leave.From, leave.To, string.IsNullOrWhiteSpace(leave.Reason) ? null : leave.Reason.Trim()))],
    });
}

/// <summary>A day of the week with its shifts, in their order.</summary>
public sealed class DayEdit
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan Length = TimeSpan.FromHours(4);

    public DayOfWeek Day { get; private init; }

    public bool Works { get; set; }

    /// <summary>At least one, which stands there also while the day is free.</summary>
    public List<ShiftEdit> Shifts { get; private init; } = [];

    public static DayEdit Of(DayOfWeek day, IReadOnlyList<WeeklyShift> weekly)
    {
        var own = weekly.Where(shift => shift.Day == day).OrderBy(shift => shift.Start).Select(shift => new ShiftEdit { Start = shift.Start, End = shift.End }).ToList();
        return own.Count > 0 ? new() { Day = day, Works = true, Shifts = own } : new() { Day = day, Shifts = [new()] };
    }

    /// <summary>One more after the last: an hour later, for four hours, and within the day where that is possible. A shift that takes the whole day leaves room for none: it becomes a morning.</summary>
    public void Add()
    {
        var last = Shifts[^1];
        if (last.Length == TimeSpan.FromDays(1)) (last.Start, last.End) = (new(9, 0), new(13, 0));
        var rest = TimeSpan.FromDays(1) - last.End.ToTimeSpan();
        var start = last.End <= last.Start || rest <= Pause ? last.End : last.End.Add(Pause);
        var end = TimeSpan.FromDays(1) - start.ToTimeSpan() <= Length ? TimeOnly.MinValue : start.Add(Length);
        Shifts.Add(new() { Start = start, End = end });
    }
}

/// <summary>Hours of work. One that does not end after its start goes on into the next day; with both equal it takes 24 hours.</summary>
public sealed class ShiftEdit
{
    public TimeOnly Start { get; set; } = new(9, 0);

    public TimeOnly End { get; set; } = new(18, 0);

    public TimeSpan Length => End == Start ? TimeSpan.FromDays(1) : End - Start;

    public override string ToString() => $"{Start:HH\\:mm}–{End:HH\\:mm}";
}

/// <summary>Two shifts of a week that have a time in common.</summary>
public sealed record Overlap(DayOfWeek Day, ShiftEdit Shift, DayOfWeek OtherDay, ShiftEdit Other)
{
    /// <summary>The first one, the week being a circle: Sunday's night is Monday's morning. Null when there is none.</summary>
    public static Overlap? In(IReadOnlyList<DayEdit> days)
    {
        var week = TimeSpan.FromDays(7);
        var shifts = days.Where(day => day.Works).SelectMany(day => day.Shifts.Select(shift => (day.Day, Shift: shift, Start: TimeSpan.FromDays((int)day.Day) + shift.Start.ToTimeSpan()))).ToList();
        for (var i = 0; i < shifts.Count; i++)
            for (var j = i + 1; j < shifts.Count; j++)
                if (After(shifts[i].Start, shifts[j].Start) < shifts[i].Shift.Length || After(shifts[j].Start, shifts[i].Start) < shifts[j].Shift.Length)
                    return new(shifts[i].Day, shifts[i].Shift, shifts[j].Day, shifts[j].Shift);
        return null;

        TimeSpan After(TimeSpan from, TimeSpan to) => to >= from ? to - from : to - from + week;
    }

    public bool Has(ShiftEdit shift) => Shift == shift || Other == shift;
}

public sealed class LeaveEdit
{
    public DateOnly From { get; set; }

    public DateOnly To { get; set; }

    public string? Reason { get; set; }
}
