using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Hosting.Timers;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>Waits and delays in working time, on a clock that stands where it is set.</summary>
public sealed class WorkingTimeTests
{
    private const string Weekdays = """{ "timeZone": "Europe/Moscow", "week": "mon-fri 10:00-18:00" }""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wait_ServiceTimes_EndOnTheMinute(bool asWait)
    {
        var vectors = ServiceTimes.All().ToList();
        var clock = new StandingClock(Moscow("2025-03-01T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), clock: clock);
        foreach (var calendar in vectors.Select(one => one.Calendar).Distinct()) await SaveAsync(host, calendar, ServiceTimes.Document(calendar));
        await host.PublishAsync(Funnel.Of([.. vectors.Select(one => (one.Calendar, one.Length)).Distinct().Select(one => Trigger(asWait, one.Calendar, one.Length))]));
        var deals = vectors.Select(one => one.Registered).Distinct().ToDictionary(moment => moment, moment => host.AddDeal(moment));
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.QuietAsync(deals.Count);

        var expected = vectors.Select(one => ($"{deals[one.Registered]}", $"{one.Calendar}-{one.Length}", Moscow(one.Due))).ToList();
        foreach (var moment in vectors.SelectMany(one => new[] { one.Registered, one.Due }).Distinct().Order(StringComparer.Ordinal))
        {
            // A second before: nothing is due.
            clock.Set(Moscow(moment).AddSeconds(-1));
            await host.Services.GetRequiredService<TimerScan>().RunAsync(RuntimeHost.Stop);
            Assert.Equal(expected.Count(one => one.Item3 < Moscow(moment)), await FinishedAsync(host));
            clock.Set(Moscow(moment));
            if (deals.TryGetValue(moment, out var deal)) await host.MovedAsync(deal, Funnel.Meeting);
            var due = expected.Count(one => one.Item3 <= Moscow(moment));
            await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.FinishedAt != null, RuntimeHost.Stop) >= due);
        }

        await using var context = await host.OpenAsync();
        var runs = await context.Runs.ToListAsync(RuntimeHost.Stop);
        Assert.Equal(25, runs.Count);
        Assert.Equal(expected.Order(), runs.Select(run => (run.EntityId, run.TriggerId!, run.FinishedAt!.Value)).Order());
        foreach (var run in runs.Take(5)) Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run.Id, RuntimeHost.Stop))!.Equal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CalendarChanges_WaitingDeadlines_MoveAndAreListed(bool postgres)
    {
        if (postgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var database = postgres ? await PostgresServer.Shared!.CreateDatabaseAsync(RuntimeHost.Stop) : null;
        var clock = new StandingClock(Moscow("2025-03-13T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), database, clock);
        await SaveAsync(host, "office", Weekdays);
        await SaveAsync(host, "region", """{ "extends": "office" }""");
        await SaveAsync(host, "other", Weekdays);
        await host.PublishAsync(Funnel.Of(Trigger(true, "office", "8wh"), Trigger(false, "region", "1wd"), Trigger(true, "other", "8wh")));
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);
        Assert.All(await DuesAsync(host), timer => Assert.Equal(Moscow("2025-03-14T12:00"), timer.Value));

        // Friday 14 March becomes a day off: both calendars that know of it move, the third does not.
        var report = await SaveAsync(host, "office", """{ "timeZone": "Europe/Moscow", "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "off": ["03-14"] }] }""");
        Assert.Equal((2, 0), (report.Count, report.Stuck));
        Assert.All(report.First, moved => Assert.Equal((deal.ToString(System.Globalization.CultureInfo.InvariantCulture), Moscow("2025-03-14T12:00"), Moscow("2025-03-17T12:00")), (moved.EntityId, moved.From, moved.To)));
        Assert.Equal(["office", "region"], report.First.Select(moved => moved.Calendar).Order());
        Assert.Equal(0, (await SaveAsync(host, "office", """{ "timeZone": "Europe/Moscow", "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "off": ["03-14"] }] }""")).Count);

        clock.Set(Moscow("2025-03-14T12:00"));
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.FinishedAt != null && run.TriggerId == "other-8wh", RuntimeHost.Stop));
        Assert.Equal(1, await FinishedAsync(host));
        clock.Set(Moscow("2025-03-17T12:00"));
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.FinishedAt != null, RuntimeHost.Stop) == 3);

        await using var context = await host.OpenAsync();
        var told = (await context.Journal.Where(row => row.Kind == "calendar").ToListAsync(RuntimeHost.Stop)).Select(row => (row.EntityId, (string?)JObject.Parse(row.Facts)["moved"]!["calendar"])).Order();
        Assert.Equal([($"{deal}", "office"), ($"{deal}", "region")], told);
        foreach (var run in await context.Runs.ToListAsync(RuntimeHost.Stop)) Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run.Id, RuntimeHost.Stop))!.Equal);
    }

    [Fact]
    public async Task CalendarChanges_DeadlineNowPast_FiresAtOnce()
    {
        var clock = new StandingClock(Moscow("2025-03-14T17:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), clock: clock);
        await SaveAsync(host, "office", Weekdays);
        await host.PublishAsync(Funnel.Of(Trigger(true, "office", "3wh")));
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);
        clock.Set(Moscow("2025-03-16T12:00"));
        await SaveAsync(host, "office", """{ "timeZone": "Europe/Moscow", "week": "mon-sun 00:00-24:00" }""");
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.FinishedAt != null, RuntimeHost.Stop));
    }

    [Fact]
    public async Task Wait_NamesAManager_ShiftsAndLeaveCount()
    {
        var clock = new StandingClock(Moscow("2025-03-13T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), clock: clock);
        string manager;
        await using (var context = await host.OpenAsync())
        {
            var row = await context.Managers.OrderBy(one => one.Position).FirstAsync(RuntimeHost.Stop);
            (manager, row.Timesheet) = (row.UserId, """{"timeZone":"Europe/Moscow","weekly":[{"day":"Thursday","start":"12:00","end":"14:00"},{"day":"Friday","start":"12:00","end":"20:00"}]}""");
            await context.SaveChangesAsync(RuntimeHost.Stop);
        }

        var wait = Funnel.Activity("wait", "Automation.Wait", ("duration", "Literal", "after 3wh"), ("calendar", "Literal", "ru"), ("manager", "Literal", manager));
        await host.PublishAsync(Funnel.Of(Funnel.Trigger("shift", Funnel.Entered(Funnel.Meeting), Funnel.Flow(wait))));
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);
        Assert.Equal(Moscow("2025-03-14T13:00"), Assert.Single(await DuesAsync(host)).Value);

        await using (var context = await host.OpenAsync())
        {
            var row = await context.Managers.FirstAsync(one => one.UserId == manager, RuntimeHost.Stop);
            row.Timesheet = row.Timesheet[..^1] + ""","leave":[{"from":"2025-03-14","to":"2025-03-14"}]}""";
            await context.SaveChangesAsync(RuntimeHost.Stop);
        }

        // As on another node, or after a kill between the change and the moves: the watch finds it.
        await host.Services.GetRequiredService<CalendarWatch>().MoveAsync(RuntimeHost.Stop);
        Assert.Equal(Moscow("2025-03-20T13:00"), Assert.Single(await DuesAsync(host)).Value);
    }

    [Fact]
    public async Task Publish_UnknownCalendarOrLength_IsRefusedWithThePlace()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), clock: new StandingClock(Moscow("2025-03-13T12:00")));
        var wait = Funnel.Activity("wait", "Automation.Wait", ("duration", "Literal", "3 working hours"), ("calendar", "Literal", "nowhere"));
        var delayed = Funnel.Entered(Funnel.Meeting) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("2h"), Calendar = "ru" } };
        var problems = (await Assert.ThrowsAsync<FunnelInvalidException>(() => host.PublishAsync(Funnel.Of(Funnel.Trigger("one", delayed, Funnel.Flow(wait)))))).Problems;
        Assert.Equal(["triggers[0].when.timing.calendar", "triggers[0].then.root.activities[0].calendar", "triggers[0].then.root.activities[0].duration"], problems.Select(problem => problem.Path));
    }

    [Fact]
    public async Task Remove_CalendarInUse_IsRefused()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), clock: new StandingClock(Moscow("2025-03-13T12:00")));
        await SaveAsync(host, "office", Weekdays);
        await host.PublishAsync(Funnel.Of(Trigger(true, "office", "8wh")));
        var service = host.Services.GetRequiredService<CalendarService>();
        Assert.Contains("office-8wh", (await Assert.ThrowsAsync<CalendarInvalidException>(() => service.RemoveAsync(host.Account, "office", RuntimeHost.Stop))).Message, StringComparison.Ordinal);
        await host.PublishAsync(Funnel.Of());
        await service.RemoveAsync(host.Account, "office", RuntimeHost.Stop);
        Assert.Null(await service.FindAsync(host.Account, "office", RuntimeHost.Stop));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => service.RemoveAsync(host.Account, "ru", RuntimeHost.Stop));
    }

    [Fact]
    public async Task MissingYear_SixtyDaysBefore_IsToldOnceInTheJournal()
    {
        var clock = new StandingClock(Moscow("2026-11-01T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Trigger(false, null, "2wd")), clock: clock);
        var watch = host.Services.GetRequiredService<CalendarWatch>();
        Assert.Empty(await watch.WarningsAsync(host.Account, RuntimeHost.Stop));
        clock.Set(Moscow("2026-11-02T12:00"));
        Assert.Equal(new("ru", 2027, 60), Assert.Single(await watch.WarningsAsync(host.Account, RuntimeHost.Stop)));
        await watch.WarnAsync(RuntimeHost.Stop);
        clock.Set(Moscow("2026-11-03T12:00"));
        await watch.WarnAsync(RuntimeHost.Stop);
        await using var context = await host.OpenAsync();
        Assert.Equal(2027, (int)JObject.Parse(Assert.Single(await context.Journal.Where(row => row.Kind == "calendar").ToListAsync(RuntimeHost.Stop)).Facts)["missingYear"]!);

        // A deadline that goes over the end of the year says so in its verdict.
        clock.Set(Moscow("2026-12-30T17:00"));
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);
        Assert.Equal(Moscow("2027-01-12T17:00"), Assert.Single(await DuesAsync(host)).Value);
        Assert.Contains(await context.Journal.Where(row => row.Kind == "event").ToListAsync(RuntimeHost.Stop), row => row.Facts.Contains("work_calendar_missing_year", StringComparison.Ordinal));
    }

    private static FunnelTrigger Trigger(bool asWait, string? calendar, string length)
    {
        var when = Funnel.Entered(Funnel.Meeting);
        var line = Funnel.Activity("line", "Elsa.WriteLine", ("text", "Literal", "done"));
        return asWait
            ? Funnel.Trigger($"{calendar}-{length}", when, Funnel.Flow(Funnel.Activity("wait", "Automation.Wait", ("duration", "Literal", length), ("calendar", "Literal", calendar!)), line))
            : Funnel.Trigger($"{calendar}-{length}", when with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse(length), Calendar = calendar } }, Funnel.Flow(line));
    }

    private static Task<DeadlineReport> SaveAsync(RuntimeHost host, string name, string json) =>
        host.Services.GetRequiredService<CalendarService>().SaveAsync(host.Account, name, CalendarJson.Read(json), "test", RuntimeHost.Stop);

    private static async Task<int> FinishedAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return await context.Runs.CountAsync(run => run.FinishedAt != null, RuntimeHost.Stop);
    }

    private static async Task<Dictionary<string, DateTimeOffset>> DuesAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return await context.Timers.Where(timer => timer.Kind == "bookmark" || timer.Kind == "start").ToDictionaryAsync(timer => $"{timer.RunId}", timer => timer.DueAt, RuntimeHost.Stop);
    }

    private static DateTimeOffset Moscow(string local) => DateTimeOffset.Parse(local + "+03:00", System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
}
