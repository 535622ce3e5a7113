using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>R7: a deal's timers fire in the order they are due, however their hand-overs arrive.</summary>
public sealed class TimerOrderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HandOver_OvertakesAnother_DueOrderIsKept(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(
            Funnel.Of(
                Funnel.Trigger("first", Later("1h"), Funnel.Flow(Funnel.Sms("раз"))), Funnel.Trigger("second", Later("2h"), Funnel.Flow(Funnel.Sms("два"))),
                Funnel.Trigger("third", Later("3h"), Funnel.Flow(Funnel.Sms("три")))),
            onPostgres, clock);
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);
        await using var context = await host.OpenAsync();
        var last = (await context.Timers.AsNoTracking().Where(timer => timer.Kind == "start").ToListAsync(RuntimeHost.Stop)).MaxBy(timer => timer.DueAt)!;

        // The two others were handed over to a node that is dead.
        await host.Services.GetRequiredService<MailboxRouter>().FireAsync(last);
        await host.UntilAsync(db => db.Runs.AllAsync(run => run.FinishedAt != null, RuntimeHost.Stop));

        Assert.Equal(["раз", "два", "три"], host.Sms.Ledger.Select(message => message.Text));
    }

    private static When Later(string delay) => Funnel.Entered(Funnel.Meeting) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse(delay) } };
}
