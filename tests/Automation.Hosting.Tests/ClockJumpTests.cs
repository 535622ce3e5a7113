using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Microsoft.EntityFrameworkCore;

namespace Automation.Hosting.Tests;

/// <summary>R7: a clock that is set ahead or back fires nothing twice and forgets nothing.</summary>
public sealed class ClockJumpTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clock_SetAheadAndBack_EachTimerFiresOnce(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(
            Funnel.Of(Funnel.Trigger("short", Later("1h"), Funnel.Flow(Funnel.Sms("час"))), Funnel.Trigger("long", Later("5h"), Funnel.Flow(Funnel.Sms("пять")))), onPostgres, clock);
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);

        clock.Advance(TimeSpan.FromHours(2));
        await host.UntilAsync(db => db.Runs.AnyAsync(run => run.FinishedAt != null, RuntimeHost.Stop));
        clock.Advance(TimeSpan.FromHours(-3));
        // Work of its own goes on while the clock is behind.
        await host.PricedAsync(deal, 700);
        clock.Advance(TimeSpan.FromHours(9));
        await host.UntilAsync(db => db.Runs.AllAsync(run => run.FinishedAt != null, RuntimeHost.Stop));

        Assert.Equal(["час", "пять"], host.Sms.Ledger.Select(message => message.Text));
    }

    private static When Later(string delay) => Funnel.Entered(Funnel.Meeting) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse(delay) } };
}
