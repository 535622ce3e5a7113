using System.Globalization;
using Automation.Designer.Running;
using Automation.Designer.Words;
using Automation.Engine.Api.Managers;
using Automation.Engine.Hosting.Accounts;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Designer.Tests.Running;

public sealed class DayShiftsTests : IAsyncDisposable
{
    private readonly BunitContext page = new();

    public DayShiftsTests()
    {
        page.Services.AddSingleton<ScreenWords>();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void AddAndRemove_AreShiftsOfTheirDay_AndKeepTheFocus()
    {
        var edit = Edit(new WeeklyShift(DayOfWeek.Monday, new(9, 0), new(13, 0)));
        var day = Show(edit);
        Assert.Empty(day.FindAll("[data-testid^='remove-shift']"));

        day.Find("[data-testid='add-shift-Monday']").Click();
        Assert.Equal("14:00–18:00", $"{edit.Days[0].Shifts[1]}");
        Assert.Equal("Начало смены 2, понедельник", day.Find("label:has([data-testid='start-Monday-2']) .sr").TextContent);
        Assert.Equal("Убрать смену 2, понедельник", day.Find("[data-testid='remove-shift-Monday-2']").GetAttribute("aria-label"));
        page.JSInterop.VerifyFocusAsyncInvoke();
        day.Find("[data-testid='end-Monday-2']").Change("17:30:00");
        Assert.Equal([new WeeklyShift(DayOfWeek.Monday, new(9, 0), new(13, 0)), new(DayOfWeek.Monday, new(14, 0), new(17, 30))], edit.Change().Timesheet!.Weekly);

        day.Find("[data-testid='remove-shift-Monday-1']").Click();
        Assert.Equal([new WeeklyShift(DayOfWeek.Monday, new(14, 0), new(17, 30))], edit.Change().Timesheet!.Weekly);
        Assert.Equal("17:30:00", day.Find("[data-testid='end-Monday-1']").GetAttribute("value"));
        day.Find("[data-testid='works-Monday']").Change(false);
        Assert.Empty(edit.Change().Timesheet!.Weekly);
    }

    [Fact]
    public void Overlap_IsMarkedOnBothShifts()
    {
        var edit = Edit(new WeeklyShift(DayOfWeek.Monday, new(9, 0), new(14, 0)), new(DayOfWeek.Monday, new(13, 0), new(18, 0)));
        var day = Show(edit);

        Assert.All((string[])["start-Monday-1", "end-Monday-2"], id => Assert.Equal(("true", "problem"), (day.Find($"[data-testid='{id}']").GetAttribute("aria-invalid"), day.Find($"[data-testid='{id}']").GetAttribute("aria-describedby"))));
        day.Find("[data-testid='end-Monday-1']").Change("13:00:00");
        Assert.Null(edit.Overlap);
    }

    [Theory]
    [InlineData(DayOfWeek.Monday, "22:00", "06:00", DayOfWeek.Tuesday, "05:00", "09:00", true)]
    [InlineData(DayOfWeek.Monday, "22:00", "06:00", DayOfWeek.Tuesday, "06:00", "09:00", false)]
    [InlineData(DayOfWeek.Sunday, "22:00", "06:00", DayOfWeek.Monday, "05:00", "09:00", true)]
    [InlineData(DayOfWeek.Sunday, "18:00", "00:00", DayOfWeek.Monday, "00:00", "09:00", false)]
    [InlineData(DayOfWeek.Friday, "09:00", "09:00", DayOfWeek.Saturday, "08:59", "09:00", true)]
    [InlineData(DayOfWeek.Friday, "09:00", "09:00", DayOfWeek.Saturday, "09:00", "09:00", false)]
    [InlineData(DayOfWeek.Friday, "09:00", "13:00", DayOfWeek.Saturday, "09:00", "13:00", false)]
    public void Overlap_GoesOverMidnightAndRoundTheWeek(DayOfWeek day, string start, string end, DayOfWeek other, string otherStart, string otherEnd, bool overlaps)
    {
        var edit = Edit(new WeeklyShift(day, At(start), At(end)), new(other, At(otherStart), At(otherEnd)));
        Assert.Equal(overlaps, edit.Overlap is not null);
    }

    [Theory]
    [InlineData("09:00", "18:00", "19:00–23:00")]
    [InlineData("09:00", "21:00", "22:00–00:00")]
    [InlineData("09:00", "23:30", "23:30–00:00")]
    [InlineData("22:00", "06:00", "06:00–10:00")]
    public void Add_ProposesWhatFollows(string start, string end, string proposed)
    {
        var day = Edit(new WeeklyShift(DayOfWeek.Monday, At(start), At(end))).Days[0];
        day.Add();
        Assert.Equal(proposed, $"{day.Shifts[1]}");
    }

    [Fact]
    public void Add_ToADayAroundTheClock_MakesRoom()
    {
        var edit = Edit(new WeeklyShift(DayOfWeek.Monday, new(0, 0), new(0, 0)));
        edit.Days[0].Add();
        Assert.Equal(["09:00–13:00", "14:00–18:00"], edit.Days[0].Shifts.Select(shift => $"{shift}"));
        Assert.Null(edit.Overlap);
    }

    private static TimeOnly At(string time) => TimeOnly.ParseExact(time, "HH:mm", CultureInfo.InvariantCulture);

    private static ManagerEdit Edit(params WeeklyShift[] weekly) =>
        ManagerEdit.Of(new("5", "Анна", Guid.Empty, true, 1, null, null, 0, "working", null, 0, null, null, new ManagerTimesheet { Weekly = weekly }));

    private IRenderedComponent<DayShifts> Show(ManagerEdit edit)
    {
        IRenderedComponent<DayShifts>? shown = null;
        shown = page.Render<DayShifts>(parameters => parameters.Add(one => one.Day, edit.Days[0]).Add(one => one.ProblemId, "problem").Add(one => one.Overlap, edit.Overlap)
            .Add(one => one.OnChanged, () => shown?.Render(changed => changed.Add(one => one.Overlap, edit.Overlap))));
        return shown;
    }
}
