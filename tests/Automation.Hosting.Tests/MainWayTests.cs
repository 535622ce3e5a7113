using Automation.Engine.Funnels;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>A hook fires a trigger and its workflow runs: on SQLite and on PostgreSQL alike.</summary>
public sealed class MainWayTests
{
    [Fact]
    public async Task Move_TriggerUnderTheStage_SendsOneSmsAndSaysWhy()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(
            Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms()), "[deal.price] > 1000"),
            Funnel.Trigger("rich", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("Богатый")), "[deal.price] > 1000000")));
        var deal = host.AddDeal("Окно", 45_000);

        host.Move(deal, Funnel.Meeting);
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.FinishedAt != null, RuntimeHost.Stop));
        await host.QuietAsync(2);

        var message = Assert.Single(host.Sms.Ledger);
        Assert.Equal("Сделка Окно", message.Text);
        await using var context = await host.OpenAsync();
        var rows = await context.Journal.Where(row => row.Kind == "event").OrderBy(row => row.Id).ToListAsync(RuntimeHost.Stop);
        var verdicts = rows.Select(row => JObject.Parse(row.Facts)).Where(facts => facts["occurrences"]!.Any(occurrence => (string?)occurrence == "entered_stage")).SelectMany(facts => facts["verdicts"]!).ToList();
        Assert.Equal(["fired", "condition_false"], verdicts.Select(verdict => (string?)verdict["reason"]));
        Assert.Equal(45_000m, (decimal)verdicts[1]["seen"]!.First(seen => (string?)seen["path"] == "deal.price")["value"]!);
    }

    [Fact]
    public async Task SameHook_ThreeTimes_OneEffect()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("один")), reentry: Reentry.EveryTime)));
        host.Amo.Hooks.Copies = 3;
        var deal = host.AddDeal("Окно", 45_000);
        host.Move(deal, Funnel.Meeting);
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.FinishedAt != null, RuntimeHost.Stop));
        await host.QuietAsync(2);
        Assert.Single(host.Sms.Ledger);
    }
}
