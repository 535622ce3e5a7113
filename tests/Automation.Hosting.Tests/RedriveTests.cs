using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>R9: what was given up comes back, in order, and nothing that is finished is done twice.</summary>
public sealed class RedriveTests
{
    private static readonly JObject Flow = Funnel.Flow(
        Funnel.Sms("раз {{ deal.name }}", "first"), Funnel.Activity("name", "Elsa.SetName", ("value", "NCalc", "100 / [deal.price]")), Funnel.Sms("два {{ deal.name }}", "second"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DeadRuns_ByFilter_GoOnFromWhereTheyFailed(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("split", Funnel.Entered(Funnel.Meeting), Flow)), onPostgres);
        var deals = new[] { "А", "Б", "В" }.Select(name => host.AddDeal(name)).ToList();
        foreach (var deal in deals) await host.MovedAsync(deal, Funnel.Meeting);
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Faulted, RuntimeHost.Stop) == 3);
        foreach (var deal in deals) await host.PricedAsync(deal, 10);

        var service = host.Services.GetRequiredService<RedriveService>();
        var request = new RedriveRequest { Filter = new() { Trigger = "split", Code = "expression_failed" } };
        Assert.Equal(["expression_failed"], (await service.PreviewAsync(host.Account, request, RuntimeHost.Stop)).Select(letter => letter.Code).Distinct());
        Assert.Equal(3, host.Sms.Ledger.Count);
        Assert.Empty(await service.PreviewAsync(host.Account, request with { Filter = new() { Code = "poison_crash" } }, RuntimeHost.Stop));
        var started = await service.StartAsync(host.Account, request, "Ольга", RuntimeHost.Stop);

        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Finished, RuntimeHost.Stop) == 3);
        Assert.Equal(["раз А", "раз Б", "раз В", "два А", "два Б", "два В"], [.. host.Sms.Ledger.Take(3).Select(message => message.Text), .. host.Sms.Ledger.Skip(3).Select(message => message.Text).Order()]);
        await using var read = await host.OpenAsync();
        var told = (await read.Journal.Where(row => row.Kind == "operator").ToListAsync(RuntimeHost.Stop)).Select(row => JObject.Parse(row.Facts)).ToList();
        Assert.All(told, facts => Assert.Equal(("Ольга", started!.Id.ToString(), "redriven"), ((string?)facts["by"], (string?)facts["redrive"], (string?)facts["outcome"])));
        Assert.Equal(3, told.Count);
        foreach (var run in await read.Runs.ToListAsync(RuntimeHost.Stop))
        {
            // Also the next life knows that its effects may have been done before.
            Assert.Equal(1, RunJson.ReadMeta(run.Meta).Redriven?.Times);
            var report = await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run.Id, RuntimeHost.Stop);
            Assert.True(report!.Equal, report.Difference);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FinishedRun_FromAnEditedStep_SendsOnlyWhatWasEdited(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("split", Funnel.Entered(Funnel.Meeting), Flow)), onPostgres);
        await host.MovedAsync(host.AddDeal("А", 10), Funnel.Meeting);
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        await using var context = await host.OpenAsync();
        var run = await context.Runs.SingleAsync(RuntimeHost.Stop);
        var service = host.Services.GetRequiredService<RedriveService>();
        var request = new RedriveRequest { Filter = new() { Targets = [run.Id.ToString()] }, From = "first", Input = new JObject { ["text"] = "исправлено" } };
        var refused = await Assert.ThrowsAsync<RedriveRefusedException>(() => service.PreviewAsync(host.Account, request with { Input = new JObject { ["texxt"] = "" } }, RuntimeHost.Stop));
        Assert.Contains("text", refused.Message, StringComparison.Ordinal);

        await service.StartAsync(host.Account, request, "Ольга", RuntimeHost.Stop);
        await host.UntilAsync(async read => await read.Journal.AnyAsync(row => row.Kind == "operator", RuntimeHost.Stop) && await read.Runs.AllAsync(row => row.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        await host.QuietAsync(2);

        Assert.Equal(["раз А", "два А", "исправлено"], host.Sms.Ledger.Select(message => message.Text));
        var report = await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run.Id, RuntimeHost.Stop);
        Assert.True(report!.Equal, report.Difference);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FailedEffect_OfAFinishedRun_GoesOutUnderItsKey(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("note", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Note("запись")))), onPostgres);
        var deal = host.AddDeal("А");
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        host.Amo.Faults.FailNext(1, 400);
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.UntilAsync(context => context.Effects.AnyAsync(row => row.State == (int)EffectState.Failed, RuntimeHost.Stop));
        await using var before = await host.OpenAsync();
        var failed = await before.Effects.SingleAsync(RuntimeHost.Stop);

        var service = host.Services.GetRequiredService<RedriveService>();
        await service.StartAsync(host.Account, new() { Filter = new() { Kind = "effect", Code = failed.ErrorCode } }, "Ольга", RuntimeHost.Stop);
        await host.UntilAsync(context => context.Effects.AnyAsync(row => row.State == (int)EffectState.Done, RuntimeHost.Stop));

        await using var read = await host.OpenAsync();
        var sent = await read.Effects.SingleAsync(RuntimeHost.Stop);
        Assert.Equal((failed.Key, null), (sent.Key, sent.ErrorCode));
        Assert.Null(await service.StartAsync(host.Account, new() { Filter = new() { Kind = "effect" } }, "Ольга", RuntimeHost.Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DeadEvent_Redriven_FiresOnceAlsoWhenHandedOverTwice(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("hook", new() { Event = Engine.Funnels.TriggerEvents.Webhook }, Funnel.Flow(Funnel.Activity("sms", "Crm.SendSms", ("text", "Liquid", "{{ event.data.text }}"), ("phone", "Literal", "+79160000001"))), reentry: Engine.Funnels.Reentry.EveryTime)), onPostgres, services: RuntimeHost.WithoutRecovery);
        var ids = host.Services.GetRequiredService<IIdSource>();
        var key = new MailboxKey(host.Account, host.Crm, EntityTypes.Deal, "7");
        NewEvent[] events = [.. new[] { "раз", "два" }.Select(text => new NewEvent(ids.NewId(), new CrmEvent { Kind = EventKinds.Webhook, EntityType = key.EntityType, EntityId = key.EntityId, DedupKey = text, Data = new JObject { ["text"] = text } }))];
        await host.Services.GetRequiredService<IEngineStore>().AcceptAsync([new(host.Account, host.Crm, TimeProvider.System.GetUtcNow(), null, events)], RuntimeHost.Stop);
        await using (var context = await host.OpenAsync())
            await context.Events.ExecuteUpdateAsync(update => update.SetProperty(row => row.Tries, 3), RuntimeHost.Stop);
        await host.Services.GetRequiredService<MailboxRouter>().WakeAsync(key);
        await host.UntilAsync(context => context.Events.AllAsync(row => row.Status == EventStatus.Dead, RuntimeHost.Stop));

        var row = await host.Services.GetRequiredService<RedriveService>().StartAsync(host.Account, new() { Filter = new() { Deal = "7" } }, "Ольга", RuntimeHost.Stop);
        await host.UntilAsync(async context => await context.Effects.CountAsync(effect => effect.State == (int)EffectState.Done, RuntimeHost.Stop) == 2);
        // As if the node had died after it handed the items over and before it could say so.
        await using (var context = await host.OpenAsync())
            await context.Redrives.ExecuteUpdateAsync(update => update.SetProperty(one => one.Done, 0).SetProperty(one => one.FinishedAt, (DateTimeOffset?)null).SetProperty(one => one.NextAt, row!.CreatedAt), RuntimeHost.Stop);
        Assert.True(await host.Services.GetRequiredService<RedriveDispatcher>().RunAsync(RuntimeHost.Stop));
        await host.QuietAsync(4);

        Assert.Equal(["раз", "два"], host.Sms.Ledger.Select(message => message.Text));
        await using var read = await host.OpenAsync();
        Assert.Equal(4, await read.Events.CountAsync(one => one.Status == EventStatus.Done, RuntimeHost.Stop));
        Assert.NotNull((await read.Redrives.SingleAsync(RuntimeHost.Stop)).FinishedAt);
    }
}
