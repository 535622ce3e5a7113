using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>A person does not let a run wait: what is due first of it is due now, once, as if its time had come.</summary>
public sealed class HurryTests
{
    private static readonly FunnelDocument Later = Funnel.Of(Funnel.Trigger(
        "later", Funnel.Entered(Funnel.Meeting) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("3h") } },
        Funnel.Flow(Funnel.Sms("раз", "first"), Funnel.Activity("wait", "Elsa.Delay", ("timeSpan", "Literal", "02:00:00")), Funnel.Sms("два", "second")), "[deal.price] > 100"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hurry_DelayedThenWaiting_GoesOnStepByStep(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Later, onPostgres);
        var deal = host.AddDeal("А", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        var run = await RunAsync(host);
        Assert.Empty(host.Sms.Ledger);
        await HurryAsync(host, deal, run, "1");
        await host.UntilAsync(async context => host.Sms.Ledger.Count == 1 && await context.Timers.AnyAsync(row => row.Kind == "bookmark", RuntimeHost.Stop));
        await HurryAsync(host, deal, run, "2");
        await host.UntilAsync(async context => host.Sms.Ledger.Count == 2 && await context.Runs.AllAsync(row => row.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        // It does not wait any more: said, and nothing done.
        await HurryAsync(host, deal, run, "3");
        Assert.Equal(["hurried", "hurried", "not_waiting"], await OutcomesAsync(host));
        Assert.Equal(2, host.Sms.Ledger.Count);
        await using var read = await host.OpenAsync();
        Assert.Empty(await read.Timers.ToListAsync(RuntimeHost.Stop));
        Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run, RuntimeHost.Stop))!.Equal);
    }

    [Fact]
    public async Task Hurry_ConditionNoLongerHolds_EndsTheRunWithoutItsSteps()
    {
        await using var host = await RuntimeHost.StartAsync(Later);
        var deal = host.AddDeal("А", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.PricedAsync(deal, 50);
        await HurryAsync(host, deal, await RunAsync(host), "1");
        await host.UntilAsync(context => context.Runs.AllAsync(row => row.Status == (int)RunStatus.Cancelled, RuntimeHost.Stop));
        Assert.Empty(host.Sms.Ledger);
    }

    private static async Task<Guid> RunAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return (await context.Runs.SingleAsync(RuntimeHost.Stop)).Id;
    }

    private static async Task HurryAsync(RuntimeHost host, long deal, Guid run, string key)
    {
        var accepted = await host.Services.GetRequiredService<InboxService>().AcceptAsync(host.Account, host.Crm, null, [new()
        {
            Kind = InternalEvents.Hurry, EntityType = EntityTypes.Deal, EntityId = deal.ToString(System.Globalization.CultureInfo.InvariantCulture), DedupKey = key, Data = new JObject { ["by"] = "Ольга", ["run"] = run },
        }], RuntimeHost.Stop);
        var id = accepted.Events[0].Id;
        await host.UntilAsync(context => context.Events.AnyAsync(row => row.Id == id && row.Status == Engine.Persistence.Rows.EventStatus.Done, RuntimeHost.Stop));
    }

    private static async Task<List<string>> OutcomesAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return [.. (await context.Journal.Where(row => row.Kind == "operator").OrderBy(row => row.Id).Select(row => row.Facts).ToListAsync(RuntimeHost.Stop)).Select(facts => (string)JObject.Parse(facts)["outcome"]!)];
    }
}
