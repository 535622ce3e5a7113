using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Sweeps;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>A trigger is applied to deals that stand in its stages already.</summary>
public sealed class SweepTests
{
    private static readonly FunnelDocument Nothing = Funnel.Of(Funnel.Trigger("elsewhere", Funnel.Entered(Funnel.Qualified), Funnel.Flow(Funnel.Note("x"))));

    private static readonly FunnelDocument Texts = Funnel.Of(
        Nothing.Triggers[0], Funnel.Trigger("text", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms()), "[deal.price] > 100"), Funnel.Trigger("left", new() { Event = TriggerEvents.LeftStage }, Funnel.Flow(Funnel.Note("y"))));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Apply_DealsInTheSpan_EachOnceInItsRate(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Nothing, onPostgres, clock, Alone);
        foreach (var number in Enumerable.Range(0, 5)) await host.MovedAsync(host.AddDeal($"С{number}", number == 4 ? 50 : 500), Funnel.Meeting);
        await host.MovedAsync(host.AddDeal("Другая", 500), Funnel.Qualified);
        await host.PublishAsync(Texts);
        var (sweeps, dispatcher) = (host.Services.GetRequiredService<SweepService>(), host.Services.GetRequiredService<SweepDispatcher>());
        var funnel = (await host.Services.GetRequiredService<FunnelCatalog>().PublishedAsync(host.Account)).Single().Id;
        Assert.Equal(5, await sweeps.CountAsync(host.Account, funnel, "text", RuntimeHost.Stop));

        var sweep = await sweeps.StartAsync(host.Account, funnel, "text", 120, "Анна", RuntimeHost.Stop);
        Assert.Equal((5, SweepStatus.Running), (sweep.Total, sweep.Status));
        Assert.Equal("sweep_under_way", (await Assert.ThrowsAsync<SweepRefusedException>(() => sweeps.StartAsync(host.Account, funnel, "text", 1, "Иван", RuntimeHost.Stop))).Code);
        await dispatcher.RunAsync(RuntimeHost.Stop);
        await SentAsync(host, 2);
        // Its time has not come; paused, it does not go on when it has.
        await dispatcher.RunAsync(RuntimeHost.Stop);
        await sweeps.ChangeAsync(host.Account, sweep.Id, SweepStatus.Paused, RuntimeHost.Stop);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await dispatcher.RunAsync(RuntimeHost.Stop));
        Assert.Equal((2, SweepStatus.Paused), await StateAsync(host));

        await sweeps.ChangeAsync(host.Account, sweep.Id, SweepStatus.Running, RuntimeHost.Stop);
        while (await dispatcher.RunAsync(RuntimeHost.Stop)) clock.Advance(TimeSpan.FromSeconds(2));
        await SentAsync(host, 4);
        Assert.Equal((5, SweepStatus.Done), await StateAsync(host));
        await using var context = await host.OpenAsync();
        Assert.Equal(4, await context.Runs.CountAsync(run => run.TriggerId == "text", RuntimeHost.Stop));
        Assert.Equal(1, await context.Journal.CountAsync(row => row.Kind == "event" && row.Facts.Contains("condition_false") && row.Facts.Contains("\"applied\""), RuntimeHost.Stop));

        // Once per visit: those that it has come to are passed by.
        await sweeps.StartAsync(host.Account, funnel, "text", 6_000, "Анна", RuntimeHost.Stop);
        while (await dispatcher.RunAsync(RuntimeHost.Stop)) clock.Advance(TimeSpan.FromSeconds(2));
        await host.UntilAsync(db => db.Events.AllAsync(row => row.Status == EventStatus.Done, RuntimeHost.Stop));
        Assert.Equal(4, host.Sms.Ledger.Count);
    }

    [Fact]
    public async Task Apply_ComesTwiceToADeal_IsOneEvent()
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartAsync(Texts with { Triggers = [Texts.Triggers[1] with { Reentry = Reentry.EveryTime, When = Texts.Triggers[1].When with { Event = TriggerEvents.Manual } }] }, clock: clock, services: Alone);
        await host.MovedAsync(host.AddDeal("А", 500), Funnel.Meeting);
        var funnel = (await host.Services.GetRequiredService<FunnelCatalog>().PublishedAsync(host.Account)).Single().Id;
        var sweep = await host.Services.GetRequiredService<SweepService>().StartAsync(host.Account, funnel, "text", 60, "Анна", RuntimeHost.Stop);
        await host.Services.GetRequiredService<SweepDispatcher>().RunAsync(RuntimeHost.Stop);
        // As if the node had died between handing over and noting it.
        await using (var context = await host.OpenAsync()) await context.Sweeps.ExecuteUpdateAsync(update => update.SetProperty(row => row.Cursor, "").SetProperty(row => row.Done, 0).SetProperty(row => row.NextAt, sweep.CreatedAt), RuntimeHost.Stop);
        await host.Services.GetRequiredService<SweepDispatcher>().RunAsync(RuntimeHost.Stop);
        await SentAsync(host, 1);
        await using var read = await host.OpenAsync();
        Assert.Equal(1, await read.Events.CountAsync(row => row.Kind == "applied", RuntimeHost.Stop));
    }

    [Theory]
    [InlineData("left", 10, "trigger_not_applicable")]
    [InlineData("none", 10, "not_published")]
    [InlineData("text", 0, "query_invalid")]
    public async Task Apply_WhatCannotBe_IsRefused(string trigger, int perMinute, string code)
    {
        await using var host = await RuntimeHost.StartAsync(Texts);
        var funnel = (await host.Services.GetRequiredService<FunnelCatalog>().PublishedAsync(host.Account)).Single().Id;
        Assert.Equal(code, (await Assert.ThrowsAsync<SweepRefusedException>(() => host.Services.GetRequiredService<SweepService>().StartAsync(host.Account, funnel, trigger, perMinute, "Анна", RuntimeHost.Stop))).Code);
    }

    /// <summary>The test dispatches by itself.</summary>
    private static void Alone(IServiceCollection services) => services.Remove(services.Last(service => service.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService) && service.ImplementationFactory?.Method.ReturnType == typeof(SweepDispatcher)));

    private static Task SentAsync(RuntimeHost host, int count) => host.UntilAsync(async context => host.Sms.Ledger.Count == count && await context.Runs.CountAsync(run => run.TriggerId == "text" && run.Status == (int)RunStatus.Finished, RuntimeHost.Stop) == count);

    private static async Task<(int Done, string Status)> StateAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        var row = await context.Sweeps.OrderByDescending(one => one.Id).FirstAsync(RuntimeHost.Stop);
        return (row.Done, row.Status);
    }
}
