using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>An effect whose result nobody knows waits for a person, also over restarts.</summary>
public sealed class HeldEffectTests
{
    [Theory]
    [InlineData(EffectDecision.Done, 1, EffectState.Done)]
    [InlineData(EffectDecision.Failed, 1, EffectState.Failed)]
    [InlineData(EffectDecision.Again, 2, EffectState.Done)]
    public async Task HeldEffect_LoadedAnew_IsSentOnlyWhenAPersonSaysSo(EffectDecision decision, int messages, EffectState end)
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("call", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("раз")))));
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);
        var key = new MailboxKey(host.Account, host.Crm, EntityTypes.Deal, "7");
        await LeaveAsync(host, key);

        // Loads the mailbox, as a new process does.
        await host.Services.GetRequiredService<MailboxRouter>().WakeAsync(key);
        await host.UntilAsync(context => context.Events.AllAsync(row => row.Status == EventStatus.Done, RuntimeHost.Stop));
        Assert.Single(host.Sms.Ledger);
        Assert.Equal((int)EffectState.Unknown, await StateAsync(host));

        await host.Services.GetRequiredService<MailboxRouter>().DecideEffectAsync(key, "held", decision, "Ольга");
        await host.UntilAsync(async _ => await StateAsync(host) == (int)end);

        Assert.Equal(messages, host.Sms.Ledger.Count);
        await using var read = await host.OpenAsync();
        Assert.Contains("Ольга", (await read.Journal.SingleAsync(row => row.EntityId == "7" && row.Kind == "effect" && row.Facts.Contains("\"state\":\"decided\""), RuntimeHost.Stop)).Facts, StringComparison.Ordinal);
    }

    /// <summary>A held copy of the first SMS, and an event to load the mailbox for.</summary>
    private static async Task LeaveAsync(RuntimeHost host, MailboxKey key)
    {
        var ids = host.Services.GetRequiredService<IIdSource>();
        var told = new CrmEvent { Kind = EventKinds.Webhook, EntityType = key.EntityType, EntityId = key.EntityId, DedupKey = "left" };
        await host.Services.GetRequiredService<IEngineStore>().AcceptAsync([new(host.Account, host.Crm, TimeProvider.System.GetUtcNow(), null, [new NewEvent(ids.NewId(), told)])], RuntimeHost.Stop);
        await using var context = await host.OpenAsync();
        var sms = await context.Effects.AsNoTracking().SingleAsync(row => row.Kind == "sms", RuntimeHost.Stop);
        (sms.Key, sms.EntityId, sms.State, sms.RunId, sms.Callback, sms.FinishedAt, sms.Result) = ("held", key.EntityId, (int)EffectState.Unknown, ids.NewId(), "", null, null);
        context.Effects.Add(sms);
        await context.SaveChangesAsync(RuntimeHost.Stop);
    }

    private static async Task<int> StateAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return await context.Effects.Where(row => row.Key == "held").Select(row => row.State).SingleAsync(RuntimeHost.Stop);
    }
}
