using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>Re-entry, leaving the span, delays: decided on a clock that jumps.</summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task Reentry_ThreePolicies_CountByVisit()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(
            Funnel.Trigger("visit", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("visit"))),
            Funnel.Trigger("ever", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("ever")), reentry: Reentry.OnceEver),
            Funnel.Trigger("tag", new When { Event = TriggerEvents.FieldChanged, Field = "price", Stages = [Funnel.Stage(Funnel.Meeting)] }, Funnel.Flow(Funnel.Sms("price")))));
        var deal = host.AddDeal("Окно", 10);
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.PricedAsync(deal, 20);
        await host.PricedAsync(deal, 30);
        await host.MovedAsync(deal, Funnel.New);
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.PricedAsync(deal, 40);

        var counts = host.Sms.Ledger.CountBy(message => message.Text).ToDictionary();
        Assert.Equal((2, 1, 2), (counts["visit"], counts["ever"], counts["price"]));
    }

    [Fact]
    public async Task Delayed_DealStays_LooksAgainWithFreshValues()
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger(
            "later", Funnel.Entered(Funnel.Meeting) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("1h") } }, Funnel.Flow(Funnel.Sms("час")), "[deal.price] >= 100")), clock: clock);
        var kept = host.AddDeal("Остаётся", 100);
        var cheaper = host.AddDeal("Подешевела", 100);
        var gone = host.AddDeal("Ушла", 100);
        foreach (var deal in new[] { kept, cheaper, gone }) await host.MovedAsync(deal, Funnel.Meeting);
        Assert.Empty(host.Sms.Ledger);
        await host.PricedAsync(cheaper, 50);
        await host.MovedAsync(gone, Funnel.New);

        clock.Advance(TimeSpan.FromMinutes(61));
        await host.UntilAsync(async context => !await context.Runs.AnyAsync(run => run.FinishedAt == null, RuntimeHost.Stop));

        Assert.Single(host.Sms.Ledger);
        await using var context = await host.OpenAsync();
        var statuses = await context.Runs.OrderBy(run => run.EntityId).Select(run => (RunStatus)run.Status).ToListAsync(RuntimeHost.Stop);
        Assert.Equal([RunStatus.Finished, RunStatus.Cancelled, RunStatus.Cancelled], statuses);
        Assert.Empty(await context.Timers.ToListAsync(RuntimeHost.Stop));
    }

    [Theory]
    [InlineData(OnLeave.Cancel, 0)]
    [InlineData(OnLeave.Finish, 1)]
    public async Task Waiting_DealLeavesTheSpan_FollowsThePolicy(OnLeave policy, int messages)
    {
        var clock = new JumpingClock();
        var wait = Funnel.Activity("wait", "Elsa.Delay", ("timeSpan", "Literal", "01:00:00"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Funnel.Flow(wait, Funnel.Sms("после")), onLeave: policy)), clock: clock);
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.MovedAsync(deal, Funnel.New);
        clock.Advance(TimeSpan.FromMinutes(61));
        await host.UntilAsync(async context => !await context.Runs.AnyAsync(run => run.FinishedAt == null, RuntimeHost.Stop));
        Assert.Equal(messages, host.Sms.Ledger.Count);
    }

    [Fact]
    public async Task OwnWrite_ItsEcho_IsMarkedAndFiresDeeper()
    {
        var move = Funnel.Activity("move", "Crm.ChangeStage", ("pipelineId", "Literal", Funnel.Pipeline), ("stageId", "Literal", Funnel.Qualified));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(
            Funnel.Trigger("moves", Funnel.Entered(Funnel.Meeting), Funnel.Flow(move, Funnel.Sms("перенесли"))),
            Funnel.Trigger("follows", Funnel.Entered(Funnel.Qualified), Funnel.Flow(Funnel.Sms("следом", "second")))));
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.FinishedAt != null, RuntimeHost.Stop) == 2);
        await host.QuietAsync(3);

        // The run that moved the deal is not cancelled by its own move.
        Assert.Equal(["перенесли", "следом"], host.Sms.Ledger.Select(message => message.Text).Order());
        await using var context = await host.OpenAsync();
        var echo = (await context.Journal.Where(row => row.Kind == "event").ToListAsync(RuntimeHost.Stop)).Select(row => JObject.Parse(row.Facts)).Single(facts => facts["causedBy"] is not null);
        Assert.Equal(1, (int)echo["depth"]!);
    }
}
