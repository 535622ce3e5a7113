using Automation.Engine.Managers;
using FsCheck.Xunit;

namespace Automation.Activities.Tests.Managers;

public sealed class ManagerChooserTests
{
    private const string Moscow = "Europe/Moscow";

    // Monday, 12:00 in Moscow.
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.FromHours(3));

    private static readonly DayOfWeek[] Weekdays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    private static Shift[] OfficeHours(string id) => [.. Weekdays.Select(day => Shift.Weekly(id, day, new(9, 0), new(18, 0), Moscow))];

    private static ManagerSnapshot At(string id, int load = 0, decimal weight = 1, int? maxOpen = null, int? maxPerDay = null, int today = 0, DateTimeOffset? last = null, DateTimeOffset? seen = null, params Leave[] leaves) =>
        new(new(id, "M" + id, weight, maxOpen, maxPerDay), OfficeHours(id), leaves, load, today, last, seen);

    private static AssignmentRequest Request(DateTimeOffset? now = null, bool presence = false, bool ignoreShifts = false, params string[] candidates) =>
        new("k", World.Deal("1"), "p", candidates, [], [], presence, TimeSpan.FromMinutes(10), ignoreShifts, now ?? Noon, null);

    [Fact] // SD-1
    public void Choose_DifferentLoads_TakesSmallest() =>
        Assert.Equal("b", ManagerChooser.Choose([At("a", 5), At("b", 3), At("c", 4)], Request()).ManagerId);

    [Fact] // SD-2
    public void Choose_EqualLoads_TakesLongestWithoutDeal()
    {
        Assert.Equal("b", ManagerChooser.Choose([At("a", last: Noon.AddHours(-1)), At("b", last: Noon.AddHours(-2))], Request()).ManagerId);
        Assert.Equal("c", ManagerChooser.Choose([At("a", last: Noon.AddHours(-1)), At("c"), At("d")], Request()).ManagerId);
        Assert.Equal("d", ManagerChooser.Choose([At("c"), At("d")], Request(candidates: ["d", "c"])).ManagerId);
    }

    [Theory] // SD-3
    [InlineData("2026-03-02T08:59:59+03:00", false)]
    [InlineData("2026-03-02T09:00:00+03:00", true)]
    [InlineData("2026-03-02T17:59:59+03:00", true)]
    [InlineData("2026-03-02T18:00:00+03:00", false)]
    [InlineData("2026-03-01T12:00:00+03:00", false)]
    public void Choose_ShiftEdges_AreHalfOpen(string now, bool fits) =>
        Assert.Equal(fits ? "a" : null, ManagerChooser.Choose([At("a")], Request(Instant(now))).ManagerId);

    [Fact] // SD-3
    public void Choose_OnLeave_IsNeverChosen()
    {
        var decision = ManagerChooser.Choose([At("a", leaves: new Leave("a", new(2026, 3, 2), new(2026, 3, 3)))], Request());

        Assert.Null(decision.ManagerId);
        Assert.Equal("on_leave", decision.Table[0].Excluded);
        Assert.Equal(Instant("2026-03-04T09:00:00+03:00"), decision.TryAgainAt);
    }

    [Fact] // SD-5
    public void Choose_AfterHoursOnFriday_TriesAgainOnMonday() =>
        Assert.Equal(Instant("2026-03-09T09:00:00+03:00"), ManagerChooser.Choose([At("a")], Request(Instant("2026-03-06T18:00:00+03:00"))).TryAgainAt);

    [Fact]
    public void Choose_DatedShift_StandsInForTheWeek()
    {
        var shifts = OfficeHours("a").Append(Shift.On("a", new(2026, 3, 2), new(15, 0), new(16, 0), Moscow)).ToArray();
        var manager = new ManagerSnapshot(new("a", "A"), shifts, [], 0);

        Assert.Equal(Instant("2026-03-02T15:00:00+03:00"), ManagerChooser.Choose([manager], Request()).TryAgainAt);
        Assert.Equal("a", ManagerChooser.Choose([manager], Request(Instant("2026-03-02T15:30:00+03:00"))).ManagerId);
    }

    [Theory]
    [InlineData("2026-03-02T23:00:00+03:00", true)]
    [InlineData("2026-03-03T05:59:59+03:00", true)]
    [InlineData("2026-03-03T06:00:00+03:00", false)]
    public void Choose_NightShift_RunsPastMidnight(string now, bool fits)
    {
        var manager = new ManagerSnapshot(new("a", "A"), [Shift.Weekly("a", DayOfWeek.Monday, new(22, 0), new(6, 0), Moscow)], [], 0);

        Assert.Equal(fits, ManagerChooser.Choose([manager], Request(Instant(now))).ManagerId is not null);
    }

    [Fact]
    public void Choose_OtherZone_ShiftIsLocal()
    {
        var manager = new ManagerSnapshot(new("a", "A"), [Shift.Weekly("a", DayOfWeek.Monday, new(9, 0), new(18, 0), "Asia/Vladivostok")], [], 0);

        Assert.Null(ManagerChooser.Choose([manager], Request()).ManagerId);
        Assert.Equal("a", ManagerChooser.Choose([manager], Request(Instant("2026-03-02T03:00:00+03:00"))).ManagerId);
    }

    [Theory] // SD-4
    [InlineData(600, true)]
    [InlineData(601, false)]
    public void Choose_PresenceRequired_TakesOnlyThoseSeen(int secondsAgo, bool fits)
    {
        var manager = At("a", seen: Noon.AddSeconds(-secondsAgo));

        Assert.Equal(fits ? null : "not_present", ManagerChooser.Choose([manager], Request(presence: true)).Table[0].Excluded);
        Assert.Null(ManagerChooser.Choose([manager], Request()).Table[0].Excluded);
        Assert.Null(ManagerChooser.Choose([manager], Request(Instant("2026-03-01T12:00:00+03:00"), presence: true, ignoreShifts: true)).Table[0].Excluded);
    }

    [Fact] // SD-7
    public void Choose_Caps_AreHonoured()
    {
        Assert.Equal("b", ManagerChooser.Choose([At("a", 3, maxOpen: 3), At("b", 9)], Request()).ManagerId);
        Assert.Equal("b", ManagerChooser.Choose([At("a", maxPerDay: 2, today: 2), At("b", 9)], Request()).ManagerId);
        Assert.Equal("at_cap", ManagerChooser.Choose([At("a", 3, maxOpen: 3)], Request(ignoreShifts: true)).Table[0].Excluded);
    }

    [Fact] // SD-7
    public void Choose_WeightTwo_GetsTwiceAsMuch()
    {
        var loads = Arrivals(300, [new("a", "A", 2), new("b", "B", 1)]);

        Assert.Equal((200, 100), (loads[0], loads[1]));
    }

    [Fact]
    public void Choose_UnknownCandidate_IsShownInactive() =>
        Assert.Equal("inactive", ManagerChooser.Choose([At("a")], Request(candidates: ["gone"])).Table[0].Excluded);

    [Property(MaxTest = 20)] // SD-13
    public bool Choose_ThousandArrivals_SpreadAtMostOne(byte count)
    {
        var loads = Arrivals(1000, [.. Enumerable.Range(0, 1 + (count % 20)).Select(i => new Manager($"{i}", $"{i}"))]);
        return loads.Max() - loads.Min() <= 1;
    }

    [Property(MaxTest = 200)] // SD-2, SD-3
    public bool Choose_AnyInput_IsDeterministicAndTakesNobodyExcluded(int[] loads, uint minutes)
    {
        var now = Noon.AddMinutes(minutes % 50_000);
        var managers = loads.Select((load, i) => At($"{i}", Math.Abs(load % 10), maxOpen: 8, last: load % 3 == 0 ? null : Noon.AddMinutes(load % 60))).ToArray();
        var (first, second) = (ManagerChooser.Choose(managers, Request(now)), ManagerChooser.Choose(managers, Request(now)));
        var row = first.Table.FirstOrDefault(item => item.ManagerId == first.ManagerId);
        return first.ManagerId == second.ManagerId
            && (first.ManagerId is null ? first.Table.All(item => item.Excluded is not null) : row!.Excluded is null)
            && (first.TryAgainAt is not { } again || ManagerChooser.Choose(managers, Request(again)).Table.Any(item => item.Excluded is null or "at_cap"));
    }

    private static int[] Arrivals(int count, Manager[] managers)
    {
        var loads = new int[managers.Length];
        var last = new DateTimeOffset?[managers.Length];
        for (var i = 0; i < count; i++)
        {
            var now = Noon.AddSeconds(i);
            var decision = ManagerChooser.Choose([.. managers.Select((manager, n) => new ManagerSnapshot(manager, OfficeHours(manager.Id), [], loads[n], 0, last[n]))], Request(now));
            var winner = Array.FindIndex(managers, manager => manager.Id == decision.ManagerId);
            loads[winner]++;
            last[winner] = now;
        }
        return loads;
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
