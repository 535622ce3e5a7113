using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Persistence.Connections;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Automation.Hosting.Tests;

/// <summary>R8: a host that does not answer holds up nobody else and uses up no tries.</summary>
public sealed class BreakerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenBreaker_ItsEffectsWait_OthersGo(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(
            Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("смс"))), Funnel.Trigger("note", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Note("запись")))), onPostgres);
        var deal = host.AddDeal("А");
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        var breakers = host.Services.GetRequiredService<HostBreakers>();
        var gateway = await MoveGatewayAsync(host);
        // One account's trouble is not another's.
        for (var i = 0; i < HostBreakers.OpensAfter; i++) breakers.Report(new AccountId(Guid.Empty), gateway, good: false);
        Assert.True(breakers.TryEnter(host.Account, gateway));
        for (var i = 0; i < HostBreakers.OpensAfter; i++) breakers.Report(host.Account, gateway, good: false);

        host.Move(deal, Funnel.Meeting);
        await host.UntilAsync(async context => await context.Effects.AnyAsync(row => row.Kind == "crm" && row.State == (int)EffectState.Done, RuntimeHost.Stop)
            && await context.Effects.AnyAsync(row => row.ErrorCode == "host_unavailable", RuntimeHost.Stop));
        await using (var context = await host.OpenAsync())
        {
            var waiting = await context.Effects.SingleAsync(row => row.Kind == "sms", RuntimeHost.Stop);
            Assert.Equal(((int)EffectState.Planned, 0), (waiting.State, waiting.Tries));
        }

        Assert.Empty(host.Sms.Ledger);
        Assert.Equal(gateway, Assert.Single(breakers.Open(host.Account)).Host);
        breakers.Report(host.Account, gateway, good: true);
        await host.UntilAsync(context => context.Effects.AllAsync(row => row.State == (int)EffectState.Done, RuntimeHost.Stop));
        await using var read = await host.OpenAsync();
        Assert.Equal(1, (await read.Effects.SingleAsync(row => row.Kind == "sms", RuntimeHost.Stop)).Tries);
        Assert.Single(host.Sms.Ledger);
    }

    [Fact]
    public async Task Breaker_AfterFiveFailures_LetsOneCallThroughEachHalfMinuteUntilOneIsGood()
    {
        var clock = new FakeTimeProvider();
        var (breakers, account, told) = (new HostBreakers(clock), new AccountId(Guid.Empty), new List<bool>());
        breakers.Changed += (_, _, open) => told.Add(open);
        for (var i = 0; i < 4; i++) breakers.Report(account, "h", good: false);
        breakers.Report(account, "h", good: true);
        for (var i = 0; i < 4; i++) breakers.Report(account, "h", good: false);
        Assert.True(breakers.TryEnter(account, "h"));
        breakers.Report(account, "h", good: false);
        Assert.False(breakers.TryEnter(account, "h"));
        var waits = breakers.EnterAsync(account, "h", RuntimeHost.Stop);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waits.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await waits;
        Assert.False(breakers.TryEnter(account, "h"));
        breakers.Report(account, "h", good: false);
        var second = breakers.EnterAsync(account, "h", RuntimeHost.Stop);
        Assert.False(second.IsCompleted);
        breakers.Report(account, "h", good: true);
        await second;
        Assert.Equal([true, false], told);
        Assert.Empty(breakers.Open(account));
    }

    [Fact]
    public async Task Gateway_FiveTimesOverloaded_OpensTheBreakerOfThatHostOnly()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("note", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Note("запись")))));
        var breakers = host.Services.GetRequiredService<HostBreakers>();
        await using var context = await host.OpenAsync();
        var crm = new Uri((await context.Connections.SingleAsync(row => row.Kind == "amocrm", RuntimeHost.Stop)).BaseUrl!);
        var gateway = host.Services.GetRequiredService<IHttpGateway>();
        host.Amo.Faults.FailNext(5, 503);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(breakers.TryEnter(host.Account, crm.Authority));
            await gateway.SendAsync(new(host.Account, "GET", new Uri(crm.AbsoluteUri.TrimEnd('/') + "/api/v4/account"), new Dictionary<string, string> { ["Authorization"] = "Bearer " + new Automation.Simulators.AmoCrm.AmoCrmOptions().Token }, AllowedHosts: [crm.Authority]), RuntimeHost.Stop);
        }

        Assert.False(breakers.TryEnter(host.Account, crm.Authority));
        Assert.True(breakers.TryEnter(host.Account, "elsewhere"));
    }

    /// <summary>The gateway under another name than the CRM, as it is outside of tests.</summary>
    private static async Task<string> MoveGatewayAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        var row = await context.Connections.SingleAsync(row => row.Kind == "smsc", RuntimeHost.Stop);
        var moved = new UriBuilder(row.BaseUrl!) { Host = "localhost" }.Uri;
        (row.BaseUrl, row.AllowedHosts) = (moved.ToString(), $"[\"{moved.Authority}\"]");
        await context.SaveChangesAsync(RuntimeHost.Stop);
        host.Services.GetRequiredService<PortCatalog>().Invalidate(host.Account);
        return moved.Authority;
    }
}
