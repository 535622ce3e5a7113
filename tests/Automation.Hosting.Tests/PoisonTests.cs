using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>R10 as the next life sees it: what stands in the store, and how often work on it has begun.</summary>
public sealed class PoisonTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeftEvents_BegunThreeTimes_DieAndTheDealGoesOn(bool onPostgres)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var database = onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(RuntimeHost.Stop) : null;
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("call", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("нет")))), database, services: RuntimeHost.WithoutRecovery);
        var ids = host.Services.GetRequiredService<IIdSource>();
        var key = new MailboxKey(host.Account, host.Crm, EntityTypes.Deal, "7");
        NewEvent[] events = [.. new[] { "poison", "behind" }.Select(name => new NewEvent(ids.NewId(), new CrmEvent { Kind = EventKinds.Webhook, EntityType = key.EntityType, EntityId = key.EntityId, DedupKey = name }))];
        // Stored and never handed over, as after a kill.
        await host.Services.GetRequiredService<IEngineStore>().AcceptAsync([new(host.Account, host.Crm, TimeProvider.System.GetUtcNow(), null, events)], RuntimeHost.Stop);
        await using (var context = await host.OpenAsync())
            await context.Events.Where(row => row.DedupKey == "poison").ExecuteUpdateAsync(update => update.SetProperty(row => row.Tries, 3), RuntimeHost.Stop);

        await host.Services.GetRequiredService<MailboxRouter>().WakeAsync(key);
        await host.QuietAsync(2);

        await using var read = await host.OpenAsync();
        var rows = await read.Events.OrderBy(row => row.Number).ToListAsync(RuntimeHost.Stop);
        Assert.Equal([(EventStatus.Dead, "poison_crash", 3), (EventStatus.Done, null, 2)], rows.Select(row => (row.Status, row.ErrorCode, row.Tries)));
        Assert.Contains("poison_crash", Assert.Single(await read.Journal.Where(row => row.EventId == events[0].Id).ToListAsync(RuntimeHost.Stop)).Facts, StringComparison.Ordinal);
    }
}
