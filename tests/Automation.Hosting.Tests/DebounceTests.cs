using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>Quick events count as one; what is remembered of them is rows.</summary>
public sealed class DebounceTests
{
    private static FunnelDocument Of(DebounceTake take, Reentry reentry = Reentry.EveryTime) => Funnel.Of(
        Funnel.Trigger("price", new() { Event = TriggerEvents.FieldChanged, Field = "price" }, Funnel.Flow(Funnel.Sms("цена {{ deal.price }}")), reentry: reentry) with { Debounce = new() { Within = TimeSpan.FromMinutes(10), Take = take } });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task First_FiresAtOnceAndThenNotForAWhile(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Of(DebounceTake.First), onPostgres, clock);
        var deal = host.AddDeal("А");
        foreach (var price in new[] { 1, 2, 3 }) await host.PricedAsync(deal, price);
        Assert.Equal(["цена 1"], host.Sms.Ledger.Select(message => message.Text));
        clock.Advance(TimeSpan.FromMinutes(11));
        await host.PricedAsync(deal, 4);
        Assert.Equal(["цена 1", "цена 4"], host.Sms.Ledger.Select(message => message.Text));
    }

    [Theory]
    [InlineData(false, Reentry.EveryTime)]
    [InlineData(true, Reentry.EveryTime)]
    [InlineData(false, Reentry.OncePerVisit)]
    public async Task Last_FiresOnceWhenNothingMoreComes(bool onPostgres, Reentry reentry)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Of(DebounceTake.Last, reentry), onPostgres, clock);
        await using (var context = await host.OpenAsync()) await context.Accounts.ExecuteUpdateAsync(update => update.SetProperty(row => row.Settings, "{\"quotas\":{\"RunsPerTrigger\":2}}"), RuntimeHost.Stop);
        host.Services.GetRequiredService<AccountDirectory>().Forget(host.Account.Value);
        var deal = host.AddDeal("А");
        foreach (var price in new[] { 1, 2, 3, 4 })
        {
            await host.PricedAsync(deal, price);
            clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Empty(host.Sms.Ledger);
        await using (var waits = await host.OpenAsync()) Assert.Single(await waits.Timers.ToListAsync(RuntimeHost.Stop));
        clock.Advance(TimeSpan.FromMinutes(9));
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Finished, RuntimeHost.Stop));

        Assert.Equal(["цена 4"], host.Sms.Ledger.Select(message => message.Text));
        await using var read = await host.OpenAsync();
        Assert.Equal((3, 1), (await read.Runs.CountAsync(run => run.Status == (int)RunStatus.Cancelled, RuntimeHost.Stop), await read.Runs.CountAsync(run => run.Status == (int)RunStatus.Finished, RuntimeHost.Stop)));
    }

    [Fact]
    public async Task Debounce_WithoutATime_IsRefused()
    {
        await using var host = await RuntimeHost.StartAsync(Of(DebounceTake.First));
        var document = Of(DebounceTake.Last) with { Triggers = [.. Of(DebounceTake.Last).Triggers.Select(trigger => trigger with { Debounce = new() })] };
        var problem = Assert.Single(await host.Services.GetRequiredService<FunnelValidator>().CheckAsync(document, null, new HashSet<string>(), null, RuntimeHost.Stop));
        Assert.Equal("triggers[0].debounce.within", problem.Path);
    }
}
