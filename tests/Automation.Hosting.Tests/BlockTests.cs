using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>R9, <c>onDead: block</c>: a deal stands still behind what was given up, and what waited follows in order.</summary>
public sealed class BlockTests
{
    private static readonly FunnelTrigger Split = Funnel.Trigger("split", Funnel.Entered(Funnel.Meeting), Funnel.Flow(
        Funnel.Sms("раз", "first"), Funnel.Activity("name", "Elsa.SetName", ("value", "NCalc", "100 / [deal.price]")), Funnel.Sms("два", "second")));

    private static readonly FunnelTrigger Priced = Funnel.Trigger("priced", new() { Event = TriggerEvents.FieldChanged, Field = "price" }, Funnel.Flow(Funnel.Sms("цена {{ deal.price }}")), reentry: Reentry.EveryTime);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DeadRun_Redriven_LaterEventsFollowInOrder(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Split, Priced), onPostgres);
        var (deal, other) = await FailedAsync(host);
        await host.PricedAsync(deal, 10);
        await host.PricedAsync(deal, 20);
        await host.PricedAsync(other, 5);
        Assert.Equal(["раз", "цена 5"], Texts(host));
        await using (var context = await host.OpenAsync())
            Assert.Equal(["deal_blocked", "deal_blocked"], await context.Events.Where(row => row.Status == EventStatus.Dead).Select(row => row.ErrorCode).ToListAsync(RuntimeHost.Stop));

        // Redriven as it is it fails again, for the price is still what it was; the events behind it keep their place.
        var service = host.Services.GetRequiredService<RedriveService>();
        await service.StartAsync(host.Account, new() { Filter = new() { Deal = deal.ToString(System.Globalization.CultureInfo.InvariantCulture) } }, "Ольга", RuntimeHost.Stop);
        await host.UntilAsync(async context => await context.Journal.CountAsync(row => row.Kind == "operator", RuntimeHost.Stop) == 3);
        Assert.Equal(["redriven", "deal_blocked", "deal_blocked"], await OutcomesAsync(host));
        Assert.Equal(["раз", "цена 5"], Texts(host));

        var run = await RunAsync(host);
        await service.StartAsync(host.Account, new() { Filter = new() { Targets = [run.ToString()] }, From = "name", Input = new JObject { ["value"] = "5" } }, "Ольга", RuntimeHost.Stop);
        await host.UntilAsync(context => context.Events.AllAsync(row => row.Status == EventStatus.Done, RuntimeHost.Stop));
        await host.PricedAsync(deal, 30);
        Assert.Equal(["раз", "цена 5", "два", "цена 10", "цена 20", "цена 30"], Texts(host));
        await using var read = await host.OpenAsync();
        Assert.Empty(await read.Timers.ToListAsync(RuntimeHost.Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BlockedDeal_LetGoOnByAPersonOrTheSetting_LaterEventsFollowInOrder(bool byPerson)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Split, Priced), postgres: false);
        var (deal, _) = await FailedAsync(host);
        await host.PricedAsync(deal, 10);
        if (byPerson)
        {
            await host.Services.GetRequiredService<InboxService>().AcceptAsync(host.Account, host.Crm, null, [new()
            {
                Kind = InternalEvents.Unblock, EntityType = EntityTypes.Deal, EntityId = deal.ToString(System.Globalization.CultureInfo.InvariantCulture), DedupKey = "unblock", Data = new JObject { ["by"] = "Ольга" },
            }], RuntimeHost.Stop);
            await host.UntilAsync(context => context.Events.AllAsync(row => row.Status == EventStatus.Done, RuntimeHost.Stop));
            Assert.Equal(["unblocked"], await OutcomesAsync(host));
        }
        else
        {
            await SetAsync(host, AccountSettings.Continue);
        }

        await host.PricedAsync(deal, 20);
        await host.UntilAsync(context => context.Events.AllAsync(row => row.Status == EventStatus.Done, RuntimeHost.Stop));
        await host.QuietAsync(0);
        Assert.Equal(["раз", "цена 10", "цена 20"], Texts(host));
    }

    /// <summary>A person says that what failed is settled as it is: it is not done again, and is no longer what the deal stands still for.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DeadRun_SettledAsItIs_LaterEventsFollowAndItStays(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Split, Priced), onPostgres);
        var (deal, _) = await FailedAsync(host);
        await host.PricedAsync(deal, 10);
        var run = await RunAsync(host);
        foreach (var key in new[] { "skip", "skip again" })
        {
            await host.Services.GetRequiredService<InboxService>().AcceptAsync(host.Account, host.Crm, null, [new()
            {
                Kind = InternalEvents.Skip, EntityType = EntityTypes.Deal, EntityId = deal.ToString(System.Globalization.CultureInfo.InvariantCulture), DedupKey = key,
                Data = new JObject { ["by"] = "Ольга", ["kind"] = "run", ["target"] = run },
            }], RuntimeHost.Stop);
        }

        await host.UntilAsync(context => context.Events.AllAsync(row => row.Status == EventStatus.Done, RuntimeHost.Stop));
        await host.QuietAsync(0);
        Assert.Equal(["skipped", "not_dead"], await OutcomesAsync(host));
        Assert.Equal(["раз", "цена 10"], Texts(host));
        await using var read = await host.OpenAsync();
        Assert.Equal((int)RunStatus.Cancelled, (await read.Runs.SingleAsync(row => row.Id == run, RuntimeHost.Stop)).Status);
        Assert.Empty(await host.Services.GetRequiredService<DeadLetterReads>().FindAsync(host.Account, new(), 10, RuntimeHost.Stop));
        Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run, RuntimeHost.Stop))!.Equal);
    }

    /// <summary>What follows cannot be processed either: now the deal stands still for that, and nothing behind it overtakes.</summary>
    [Fact]
    public async Task FollowingEvent_BegunThreeTimes_BlocksInItsTurn()
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Split, Priced), postgres: false);
        var (deal, _) = await FailedAsync(host);
        await host.PricedAsync(deal, 10);
        await host.PricedAsync(deal, 20);
        // As an earlier life leaves it that died of the event three times: let go on, and the follower's timer begun.
        await using (var context = await host.OpenAsync())
        {
            var id = deal.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var mailbox = await context.Mailboxes.SingleAsync(row => row.EntityId == id, RuntimeHost.Stop);
            mailbox.State = (MailboxState.FromJson(mailbox.State) with { Blocked = [] }).ToJson();
            mailbox.Epoch++;
            context.Timers.Add(new TimerRow { Id = Guid.CreateVersion7(), AccountId = host.Account.Value, ConnectionId = host.Crm.Value, EntityType = EntityTypes.Deal, EntityId = mailbox.EntityId, Kind = "followup", DueAt = DateTimeOffset.UnixEpoch, Tries = 3 });
            await context.SaveChangesAsync(RuntimeHost.Stop);
        }

        await host.Services.GetRequiredService<MailboxRouter>().WakeAsync(new(host.Account, host.Crm, EntityTypes.Deal, deal.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await host.UntilAsync(context => context.Events.AnyAsync(row => row.ErrorCode == "poison_crash", RuntimeHost.Stop));
        await host.PricedAsync(deal, 30);

        Assert.Equal(["раз"], Texts(host));
        await using var read = await host.OpenAsync();
        Assert.Equal(["poison_crash", "deal_blocked", "deal_blocked"], await read.Events.Where(row => row.Status == EventStatus.Dead).OrderBy(row => row.Number).Select(row => row.ErrorCode).ToListAsync(RuntimeHost.Stop));
    }

    /// <summary>Two deals; the first one's run has failed.</summary>
    private static async Task<(long Deal, long Other)> FailedAsync(RuntimeHost host)
    {
        await SetAsync(host, AccountSettings.Block);
        var (deal, other) = (host.AddDeal("А"), host.AddDeal("Б"));
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Faulted, RuntimeHost.Stop));
        return (deal, other);
    }

    private static async Task SetAsync(RuntimeHost host, string onDead)
    {
        await using var context = await host.OpenAsync();
        var settings = new AccountSettings { OnDead = onDead }.ToJson();
        await context.Accounts.ExecuteUpdateAsync(update => update.SetProperty(row => row.Settings, settings), RuntimeHost.Stop);
        host.Services.GetRequiredService<AccountDirectory>().Forget(host.Account.Value);
    }

    private static async Task<Guid> RunAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return await context.Runs.Where(run => run.Status == (int)RunStatus.Faulted).Select(run => run.Id).SingleAsync(RuntimeHost.Stop);
    }

    private static async Task<IReadOnlyList<string?>> OutcomesAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return [.. (await context.Journal.Where(row => row.Kind == "operator").OrderBy(row => row.Id).ToListAsync(RuntimeHost.Stop)).Select(row => (string?)JObject.Parse(row.Facts)["outcome"])];
    }

    private static IReadOnlyList<string> Texts(RuntimeHost host) => [.. host.Sms.Ledger.Select(message => message.Text)];
}
