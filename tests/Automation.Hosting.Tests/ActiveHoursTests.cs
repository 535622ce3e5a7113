using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>The hours in which a trigger fires at all.</summary>
public sealed class ActiveHoursTests
{
    private const string Week = "mon-fri 09:00-18:00";

    [Theory]
    [InlineData("2025-03-14T08:59:59", false)]
    [InlineData("2025-03-14T09:00", true)]
    [InlineData("2025-03-14T17:59:59", true)]
    [InlineData("2025-03-14T18:00", false)]
    [InlineData("2025-03-15T12:00", false)]
    public async Task Skip_ByTheHour_FiresWithinAlone(string moment, bool fires)
    {
        await using var host = await RuntimeHost.StartAsync(Of(new() { Week = Week }), clock: new StandingClock(Moscow(moment)));
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await using var context = await host.OpenAsync();
        Assert.Equal(fires, await context.Runs.AnyAsync(RuntimeHost.Stop));
        if (fires) return;
        var verdict = (JObject.Parse((await context.Journal.Where(row => row.Kind == "event" && row.Facts.Contains("outside_hours")).SingleAsync(RuntimeHost.Stop)).Facts)["verdicts"] as JArray)!.Single();
        Assert.Equal("opens", (string?)verdict["seen"]!.Last!["path"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_OutsideTheHours_FiresWhenTheyBegin(bool onPostgres)
    {
        var clock = new StandingClock(Moscow("2025-03-15T12:00"));
        await using var host = await RuntimeHost.StartOnAsync(Of(new() { Week = Week, Outside = OutsideHours.Wait }), onPostgres, clock);
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        Assert.Empty(host.Sms.Ledger);
        await using (var context = await host.OpenAsync()) Assert.Equal(Moscow("2025-03-17T09:00"), (await context.Timers.SingleAsync(RuntimeHost.Stop)).DueAt);
        clock.Set(Moscow("2025-03-17T09:00"));
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        Assert.Single(host.Sms.Ledger);
    }

    [Fact]
    public async Task Wait_ByACalendar_MovesWithIt()
    {
        var clock = new StandingClock(Moscow("2025-03-15T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), clock: clock);
        await SaveAsync(host, """{ "timeZone": "Europe/Moscow", "week": "mon-fri 10:00-18:00" }""");
        await host.PublishAsync(Of(new() { Calendar = "office", Outside = OutsideHours.Wait }));
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await using (var context = await host.OpenAsync()) Assert.Equal(Moscow("2025-03-17T10:00"), (await context.Timers.SingleAsync(RuntimeHost.Stop)).DueAt);
        await SaveAsync(host, """{ "timeZone": "Europe/Moscow", "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "off": ["03-17"] }] }""");
        await using (var context = await host.OpenAsync()) Assert.Equal(Moscow("2025-03-18T10:00"), (await context.Timers.SingleAsync(RuntimeHost.Stop)).DueAt);
    }

    [Fact]
    public async Task Delay_EndsOutsideTheHours_IsJudgedByItsEnd()
    {
        var clock = new StandingClock(Moscow("2025-03-14T17:00"));
        var delayed = Of(new() { Week = Week, Outside = OutsideHours.Wait });
        await using var host = await RuntimeHost.StartAsync(delayed with { Triggers = [delayed.Triggers[0] with { When = delayed.Triggers[0].When with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("3h") } } }] }, clock: clock);
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await using var context = await host.OpenAsync();
        Assert.Equal(Moscow("2025-03-17T09:00"), (await context.Timers.SingleAsync(RuntimeHost.Stop)).DueAt);
    }

    [Theory]
    [InlineData(null, null, "triggers[0].when.active")]
    [InlineData("ru", Week, "triggers[0].when.active")]
    [InlineData("none", null, "triggers[0].when.active.calendar")]
    [InlineData(null, "someday", "triggers[0].when.active.week")]
    public async Task Hours_ThatSayNothing_AreRefused(string? calendar, string? week, string path)
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var problems = await host.Services.GetRequiredService<FunnelValidator>().CheckAsync(Of(new() { Calendar = calendar, Week = week }), null, new HashSet<string> { "ru" }, null, RuntimeHost.Stop);
        Assert.Contains(problems, problem => problem.Path == path);
    }

    private static FunnelDocument Of(ActiveHours hours) => Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting) with { Active = hours }, Funnel.Flow(Funnel.Sms())));

    private static Task<DeadlineReport> SaveAsync(RuntimeHost host, string document) => host.Services.GetRequiredService<CalendarService>().SaveAsync(host.Account, "office", CalendarJson.Read(document), "test", RuntimeHost.Stop);

    private static DateTimeOffset Moscow(string local) => new DateTimeOffset(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(3)).ToUniversalTime();
}
