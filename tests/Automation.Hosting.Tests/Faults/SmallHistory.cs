using System.Globalization;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests.Faults;

/// <summary>Hook, condition, an SMS, a note, an SMS, a timer, an SMS, the end; each on a deal of its own.</summary>
internal static class SmallHistory
{
    public static FunnelDocument Funnel { get; } = Hosting.Tests.Funnel.Of(Hosting.Tests.Funnel.Trigger(
        "small", new When { Event = TriggerEvents.Webhook },
        Hosting.Tests.Funnel.Flow(
            Hosting.Tests.Funnel.Sms("раз {{ deal.name }}", "one"), Hosting.Tests.Funnel.Note("заметка {{ deal.name }}"), Hosting.Tests.Funnel.Sms("два {{ deal.name }}", "two"),
            Hosting.Tests.Funnel.Activity("wait", "Elsa.Delay", ("timeSpan", "Literal", "00:00:00.200")), Hosting.Tests.Funnel.Sms("три {{ deal.name }}", "three")),
        "[deal.price] > 100", Reentry.EveryTime));

    /// <summary>Plays it once, and sends the hook again as a CRM does when it was not taken.</summary>
    /// <returns>What the outside has seen and what the store has in the end, without names and times.</returns>
    public static async Task<string> PlayAsync(RuntimeHost host, string name)
    {
        var deal = host.AddDeal(name, 1_000).ToString(CultureInfo.InvariantCulture);
        for (var isTaken = false; !isTaken;)
        {
            try
            {
                var told = new CrmEvent { Kind = EventKinds.Webhook, EntityType = EntityTypes.Deal, EntityId = deal, DedupKey = name };
                await host.Services.GetRequiredService<InboxService>().AcceptAsync(host.Account, host.Crm, null, [told], RuntimeHost.Stop);
                isTaken = true;
            }
            catch (Exception e) when (StoreFault.Is(e))
            {
                // Answered 503, and sent again.
            }
        }

        try
        {
            await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.EntityId == deal && run.Status > (int)RunStatus.Suspended, RuntimeHost.Stop));
        }
        catch (TaskCanceledException)
        {
            Assert.Fail($"{name} does not end:\n{await StuckAsync(host, deal)}");
        }

        return await TellAsync(host, deal, name);
    }

    private static async Task<string> StuckAsync(RuntimeHost host, string deal)
    {
        await using var db = await host.OpenAsync();
        return string.Join('\n', [
            .. (await db.Events.Where(row => row.EntityId == deal).ToListAsync(RuntimeHost.Stop)).Select(row => $"event {row.Kind} {row.Status} {row.ErrorCode} try {row.Tries}"),
            .. (await db.Runs.Where(row => row.EntityId == deal).ToListAsync(RuntimeHost.Stop)).Select(row => $"run {(RunStatus)row.Status} step {row.Sequence} {row.State}"),
            .. (await db.Effects.Where(row => row.EntityId == deal).ToListAsync(RuntimeHost.Stop)).Select(row => $"effect {row.Kind} {(EffectState)row.State} try {row.Tries} next {row.NextTryAt:O} {row.ErrorCode} {row.ErrorMessage}"),
            .. (await db.Timers.Where(row => row.EntityId == deal).ToListAsync(RuntimeHost.Stop)).Select(row => $"timer {row.Kind} due {row.DueAt:O} try {row.Tries}")]);
    }

    private static async Task<string> TellAsync(RuntimeHost host, string deal, string name)
    {
        await using var db = await host.OpenAsync();
        var run = await db.Runs.SingleAsync(row => row.EntityId == deal, RuntimeHost.Stop);
        var journal = await db.Journal.Where(row => row.RunId == run.Id).OrderBy(row => row.Sequence).Select(row => row.Sequence).ToListAsync(RuntimeHost.Stop);
        Assert.Equal(Enumerable.Range(1, (int)run.Sequence).Select(number => (long)number), journal);
        Assert.Empty(await db.Timers.Where(row => row.EntityId == deal).ToListAsync(RuntimeHost.Stop));
        var events = await db.Events.Where(row => row.EntityId == deal && row.Kind == EventKinds.Webhook).Select(row => $"event {row.Status} {row.ErrorCode}").ToListAsync(RuntimeHost.Stop);
        var effects = await db.Effects.Where(row => row.EntityId == deal).OrderBy(row => row.PlannedAt).ThenBy(row => row.Position).Select(row => $"effect {row.Kind} {(EffectState)row.State}").ToListAsync(RuntimeHost.Stop);
        return string.Join('\n', [
            $"run {(RunStatus)run.Status}", .. events, .. effects,
            .. host.Sms.Ledger.Where(message => message.Text.EndsWith(' ' + name, StringComparison.Ordinal)).Select(message => "sms " + message.Text.Split(' ')[0]),
            .. host.Amo.Notes.Where(note => (string?)note.Params["text"] == "заметка " + name).Select(_ => "note")]);
    }
}
