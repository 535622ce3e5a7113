using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Workflows;
using Automation.Simulators.AmoCrm;
using Automation.Simulators.Seed;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Hosting.Tests;

/// <summary>Triggers that follow a date, and waits until an instant, on a clock that stands where it is set.</summary>
public sealed class DateTests
{
    [Fact]
    public async Task DateField_MovesAndLeaves_TimerFollows()
    {
        var clock = new StandingClock(Moscow("2025-03-10T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Before("2wd")), clock: clock);
        var deal = host.AddDeal("Окно", stage: Funnel.Meeting);
        await DatedAsync(host, deal, "2025-03-20T15:00");
        Assert.Equal(Moscow("2025-03-18T15:00"), (await TimerAsync(host))!.DueAt);
        // The date goes over a weekend: the timer goes with it.
        await DatedAsync(host, deal, "2025-03-17T15:00");
        Assert.Equal(Moscow("2025-03-13T15:00"), (await TimerAsync(host))!.DueAt);
        await host.MovedAsync(deal, Funnel.New);
        Assert.Null(await TimerAsync(host));
        await host.MovedAsync(deal, Funnel.Meeting);
        Assert.Equal(Moscow("2025-03-13T15:00"), (await TimerAsync(host))!.DueAt);

        clock.Set(Moscow("2025-03-13T15:00"));
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.FinishedAt != null, RuntimeHost.Stop));
        await using var context = await host.OpenAsync();
        Assert.Equal(Moscow("2025-03-13T15:00"), Assert.Single(await context.Runs.ToListAsync(RuntimeHost.Stop)).CreatedAt);
    }

    [Fact]
    public async Task DateField_MovedByTheCalendarThenByItsDate_TimerIsOfTheDate()
    {
        var clock = new StandingClock(Moscow("2025-03-10T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), clock: clock);
        await SaveAsync(host, """{ "extends": "ru", "years": [{ "year": 2025, "off": ["03-19"] }] }""");
        var trigger = Before("1wd");
        await host.PublishAsync(Funnel.Of(trigger with { When = trigger.When with { Timing = trigger.When.Timing with { Calendar = "office" } } }));
        var deal = host.AddDeal("Окно", stage: Funnel.Meeting);
        await DatedAsync(host, deal, "2025-03-20T15:00");
        Assert.Equal(Moscow("2025-03-18T15:00"), (await TimerAsync(host))!.DueAt);
        await SaveAsync(host, """{ "extends": "ru" }""");
        Assert.Equal(Moscow("2025-03-19T15:00"), (await TimerAsync(host))!.DueAt);
        // The date moves so that the time is again the one that was armed first.
        await DatedAsync(host, deal, "2025-03-19T15:00");
        Assert.Equal(Moscow("2025-03-18T15:00"), (await TimerAsync(host))!.DueAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publish_DealsInTheSpanAlready_AreArmed(bool onPostgres)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var database = onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(RuntimeHost.Stop) : null;
        var clock = new StandingClock(Moscow("2025-03-10T12:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), database, clock);
        var (inside, undated, outside) = (host.AddDeal("Внутри", stage: Funnel.Meeting), host.AddDeal("Без даты", stage: Funnel.Meeting), host.AddDeal("Снаружи"));
        await DatedAsync(host, inside, "2025-03-20T15:00");
        await DatedAsync(host, outside, "2025-03-20T15:00");

        await host.PublishAsync(Funnel.Of(Before("2wd")));
        await host.UntilAsync(async context => await context.Timers.AnyAsync(timer => timer.Kind == "date", RuntimeHost.Stop));
        await ArmedAsync(host, 2);
        var timer = (await TimerAsync(host))!;
        Assert.Equal(($"{inside}", Moscow("2025-03-18T15:00")), (timer.EntityId, timer.DueAt));

        // Published again with another length: the timer moves, without an event of the deal.
        await host.PublishAsync(Funnel.Of(Before("1wd")));
        await host.UntilAsync(async context => await context.Timers.AnyAsync(one => one.Kind == "date" && one.DueAt == Moscow("2025-03-19T15:00"), RuntimeHost.Stop));
        await ArmedAsync(host, 4);
        clock.Set(Moscow("2025-03-19T15:00"));
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.FinishedAt != null, RuntimeHost.Stop));
        await using var context = await host.OpenAsync();
        Assert.Equal($"{inside}", Assert.Single(await context.Runs.ToListAsync(RuntimeHost.Stop)).EntityId);
        Assert.NotEqual($"{undated}", timer.EntityId);
    }

    [Theory]
    [InlineData("2025-03-01T12:00:00+03:00", true)]
    [InlineData("2125-03-01T12:00:00+03:00", false)]
    public async Task StartAt_PastOrFarFuture_FiresAtOnceOrStays(string moment, bool atOnce)
    {
        var clock = new StandingClock(Moscow("2025-03-10T12:00"));
        var wait = Funnel.Activity("wait", "Elsa.StartAt", ("dateTime", "Literal", moment));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("starts", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("line", "Elsa.WriteLine"), wait))), clock: clock);
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);
        await using var context = await host.OpenAsync();
        var run = Assert.Single(await context.Runs.ToListAsync(RuntimeHost.Stop));
        Assert.Equal(atOnce ? RunStatus.Finished : RunStatus.Suspended, (RunStatus)run.Status);
        if (atOnce) return;
        clock.Set(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture).AddSeconds(-1));
        Assert.Equal(0, await FireAsync(host));
        clock.Set(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture));
        await host.UntilAsync(async now => await now.Runs.AnyAsync(one => one.FinishedAt != null, RuntimeHost.Stop));
    }

    private static Task<DeadlineReport> SaveAsync(RuntimeHost host, string json) =>
        ((CalendarService)host.Services.GetService(typeof(CalendarService))!).SaveAsync(host.Account, "office", CalendarJson.Read(json), "test", RuntimeHost.Stop);

    private static FunnelTrigger Before(string length) => Funnel.Trigger(
        "visit", new When { Event = TriggerEvents.DateField, Field = "Дата визита", Stages = [Funnel.Stage(Funnel.Meeting)], Timing = new() { Kind = TimingKind.DateField, Delay = TimeLength.Parse(length).Negate() } },
        Funnel.Flow(Funnel.Activity("line", "Elsa.WriteLine")));

    private static Task DatedAsync(RuntimeHost host, long deal, string local) =>
        host.ChangedAsync(() => host.Amo.SetField(AmoKind.Leads, deal, SandboxIds.VisitDate, Moscow(local).ToUnixTimeSeconds()));

    // Each deal of the span was told and has looked.
    private static Task ArmedAsync(RuntimeHost host, int deals) => host.UntilAsync(async context => await context.Events.CountAsync(row => row.Kind == "arm" && row.Status == Engine.Persistence.Rows.EventStatus.Done, RuntimeHost.Stop) == deals);

    private static async Task<Engine.Persistence.Rows.TimerRow?> TimerAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return await context.Timers.SingleOrDefaultAsync(timer => timer.Kind == "date", RuntimeHost.Stop);
    }

    private static Task<int> FireAsync(RuntimeHost host) => ((Engine.Hosting.Timers.TimerScan)host.Services.GetService(typeof(Engine.Hosting.Timers.TimerScan))!).RunAsync(RuntimeHost.Stop);

    private static DateTimeOffset Moscow(string local) => DateTimeOffset.Parse(local + "+03:00", System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
}
