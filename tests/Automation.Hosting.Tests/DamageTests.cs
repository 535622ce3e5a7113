using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>R10 and R11: what stops the process ends, what cannot be read is set aside, and a person brings both back.</summary>
public sealed class DamageTests
{
    private static readonly Newtonsoft.Json.Linq.JObject Waits = Funnel.Flow(Funnel.Sms("до", "before"), Funnel.Activity("wait", "Elsa.Delay", ("timeSpan", "Literal", "01:00:00")), Funnel.Sms("после {{ contact.name }}", "after"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeftTimer_BegunThreeTimes_FailsItsRunAndComesBack(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Waits)), onPostgres);
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await host.UntilAsync(context => context.Timers.AnyAsync(RuntimeHost.Stop));
        await LeftAsync(host, tries: 3);

        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Faulted, RuntimeHost.Stop));
        var letter = Assert.Single(await host.Services.GetRequiredService<DeadLetterReads>().FindAsync(host.Account, new() { Code = "poison_crash" }, 10, RuntimeHost.Stop));
        Assert.Equal("run", letter.Kind);
        await host.Services.GetRequiredService<RedriveService>().StartAsync(host.Account, new() { Filter = new() { Targets = [letter.Target] } }, "Ольга", RuntimeHost.Stop);
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        Assert.Equal(["до", "после Анна"], host.Sms.Ledger.Select(message => message.Text));
        var report = await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, Guid.Parse(letter.Target), RuntimeHost.Stop);
        Assert.True(report!.Equal, report.Difference);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeftTimer_IsCountedBeforeTheWorkBegins(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Waits)), onPostgres);
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await host.UntilAsync(context => context.Timers.AnyAsync(RuntimeHost.Stop));
        // The step after the wait reads the contact, and the CRM does not answer: the work does not end.
        host.Amo.Faults.FailNext(1_000, 503);
        await LeftAsync(host, tries: 1);
        await host.UntilAsync(context => context.Timers.AnyAsync(timer => timer.Tries == 2, RuntimeHost.Stop));
        host.Amo.Faults.Clear();
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
    }

    /// <summary>Runs that begin behind the first one of their event have a step of their own, and a count of their own.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeftBeginning_BegunThreeTimes_FailsItsRunUnbegun(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("later", Funnel.Entered(Funnel.Meeting) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("1h") } }, Funnel.Flow(Funnel.Sms("раз")))), onPostgres, services: RuntimeHost.WithoutTimerScan);
        var deal = host.AddDeal("А");
        await host.MovedAsync(deal, Funnel.Meeting);
        await using (var context = await host.OpenAsync())
        {
            await context.Timers.ExecuteUpdateAsync(update => update.SetProperty(row => row.Kind, "begin"), RuntimeHost.Stop);
            // As if another node had had the mailbox in between: it is read anew.
            await context.Mailboxes.ExecuteUpdateAsync(update => update.SetProperty(row => row.Epoch, row => row.Epoch + 1), RuntimeHost.Stop);
        }

        await LeftAsync(host, tries: 3);
        await host.Services.GetRequiredService<MailboxRouter>().WakeAsync(new(host.Account, host.Crm, EntityTypes.Deal, deal.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status != (int)RunStatus.Suspended, RuntimeHost.Stop));
        Assert.Equal("poison_crash", Assert.Single(await host.Services.GetRequiredService<DeadLetterReads>().FindAsync(host.Account, new(), 10, RuntimeHost.Stop)).Code);
        Assert.Empty(host.Sms.Ledger);
    }

    [Theory]
    [InlineData(false, 2, EffectState.Failed, "poison_crash", 0)]
    [InlineData(true, 2, EffectState.Failed, "poison_crash", 0)]
    [InlineData(false, 1, EffectState.Done, null, 2)]
    [InlineData(true, 1, EffectState.Done, null, 2)]
    public async Task LeftEffect_ItsThirdDeath_IsTheLast(bool onPostgres, int deaths, EffectState end, string? code, int counted)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("call", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("раз")))), onPostgres);
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        var ids = host.Services.GetRequiredService<IIdSource>();
        var key = new MailboxKey(host.Account, host.Crm, EntityTypes.Deal, "7");
        await host.Services.GetRequiredService<IEngineStore>().AcceptAsync([new(host.Account, host.Crm, TimeProvider.System.GetUtcNow(), null, [new NewEvent(ids.NewId(), new CrmEvent { Kind = EventKinds.Webhook, EntityType = key.EntityType, EntityId = key.EntityId, DedupKey = "left" })])], RuntimeHost.Stop);
        await using (var context = await host.OpenAsync())
        {
            var left = await context.Effects.AsNoTracking().SingleAsync(row => row.Kind == "sms", RuntimeHost.Stop);
            (left.Key, left.EntityId, left.State, left.RunId, left.Callback, left.FinishedAt, left.Result, left.Deaths) = (new string('a', 64), key.EntityId, (int)EffectState.Sending, ids.NewId(), "", null, null, deaths);
            left.Policy = (int)EffectPolicy.Retry;
            context.Effects.Add(left);
            await context.SaveChangesAsync(RuntimeHost.Stop);
        }

        await host.Services.GetRequiredService<MailboxRouter>().WakeAsync(key);
        await host.UntilAsync(context => context.Effects.AnyAsync(row => row.EntityId == "7" && row.State == (int)end, RuntimeHost.Stop));
        await using var read = await host.OpenAsync();
        var row = await read.Effects.SingleAsync(effect => effect.EntityId == "7", RuntimeHost.Stop);
        Assert.Equal((code, counted), (row.ErrorCode, row.Deaths));
        Assert.Equal(end == EffectState.Done ? 2 : 1, host.Sms.Ledger.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnreadableRun_IsSetAside_OthersGoOn_APersonBringsItBack(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(
            Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Waits), Funnel.Trigger("other", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("wait", "Elsa.Delay", ("timeSpan", "Literal", "01:00:00")), Funnel.Sms("другой")))), onPostgres, clock);
        var deal = host.AddDeal("А", 1);
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.UntilAsync(async context => await context.Timers.CountAsync(RuntimeHost.Stop) == 2);
        const string broken = "{\"Id\":";
        await using (var context = await host.OpenAsync())
        {
            await context.Runs.Where(run => run.TriggerId == "waits").ExecuteUpdateAsync(update => update.SetProperty(run => run.State, broken), RuntimeHost.Stop);
            // As if another node had had the mailbox in between: it is read anew.
            await context.Mailboxes.ExecuteUpdateAsync(update => update.SetProperty(row => row.Epoch, row => row.Epoch + 1), RuntimeHost.Stop);
        }

        await host.PricedAsync(deal, 2);
        clock.Advance(TimeSpan.FromMinutes(61));
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Quarantined, RuntimeHost.Stop));
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.TriggerId == "other" && run.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        await using (var context = await host.OpenAsync())
        {
            var kept = await context.Runs.SingleAsync(run => run.TriggerId == "waits", RuntimeHost.Stop);
            Assert.Equal((broken, (int)RunStatus.Quarantined), (kept.State, kept.Status));
            Assert.True(await context.Journal.AnyAsync(row => row.Kind == "guard" && row.Facts.Contains("state_unreadable"), RuntimeHost.Stop));
        }

        Assert.Equal(["до", "другой"], host.Sms.Ledger.Select(message => message.Text));
        var letter = Assert.Single(await host.Services.GetRequiredService<DeadLetterReads>().FindAsync(host.Account, new() { Code = "state_unreadable" }, 10, RuntimeHost.Stop));
        await host.Services.GetRequiredService<RedriveService>().StartAsync(host.Account, new() { Filter = new() { Code = "state_unreadable" } }, "Ольга", RuntimeHost.Stop);
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.TriggerId == "waits" && run.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        Assert.Equal(["до", "другой", "после Анна"], host.Sms.Ledger.Select(message => message.Text));
        var report = await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, Guid.Parse(letter.Target), RuntimeHost.Stop);
        Assert.True(report!.Equal, report.Difference);
    }

    /// <summary>A timer that was due before this process began, as an earlier life leaves it.</summary>
    private static async Task LeftAsync(RuntimeHost host, int tries)
    {
        await using var context = await host.OpenAsync();
        var due = TimeProvider.System.GetUtcNow().AddDays(-1);
        await context.Timers.ExecuteUpdateAsync(update => update.SetProperty(row => row.Tries, tries).SetProperty(row => row.DueAt, due), RuntimeHost.Stop);
    }
}
