using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Trials;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests.Trials;

/// <summary>A draft is tried on what has happened.</summary>
public sealed class BackTestTests
{
    // A deal that goes back and forth within a second tells the same twice: it goes on to another stage instead.
    private const string Invoice = "68120462";

    private static readonly FunnelDocument Published = Funnel.Of(
        Funnel.Trigger("text", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms(), Funnel.Activity("task", "Crm.CreateTask", ("text", "Literal", "Позвонить"))), "[deal.price] > 100"),
        Funnel.Trigger("later", new() { Event = TriggerEvents.FieldChanged, Field = "price", Timing = new() { Kind = TimingKind.After, Delay = new(false, 0, TimeSpan.FromHours(1)) } }, Funnel.Flow(Funnel.Note("цена")), "[deal.price] > 1000", Reentry.EveryTime),
        Funnel.Trigger("moves", Funnel.Entered(Funnel.Qualified), Funnel.Flow(Funnel.Activity("stage", "Crm.ChangeStage", ("stageId", "Literal", Funnel.Meeting)))),
        Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("pause", "Elsa.Delay", ("timeSpan", "Literal", "03:00:00")), Funnel.Note("прошло"))),
        Funnel.Trigger("left", new() { Event = TriggerEvents.LeftStage, Stages = [Funnel.Stage(Funnel.Meeting)] }, Funnel.Flow(Funnel.Note("ушла")), reentry: Reentry.OnceEver));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BackTest_OfWhatIsPublished_FiresExactlyWhatTheJournalHas(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Published, onPostgres, clock, RuntimeHost.WithoutRecovery);
        await LiveAsync(host, clock);
        var (rows, amo, sms) = (await DryRunTests.RowsAsync(host), host.Amo.Calls.All.Count, host.Sms.Calls.All.Count);

        var began = new HashSet<Guid>();
        var result = await PlayAsync(host, Published, clock.GetUtcNow() - TimeSpan.FromDays(1), clock.GetUtcNow(), run => Assert.True(began.Add(run)));

        Assert.Equal((rows, amo, sms), (await DryRunTests.RowsAsync(host), host.Amo.Calls.All.Count, host.Sms.Calls.All.Count));
        await using var context = await host.OpenAsync();
        var real = await context.Runs.ToListAsync(RuntimeHost.Stop);
        Assert.Equal(real.Select(run => run.Id).Order(), began.Order());
        Assert.Equal((0, null), (result.Failures, result.Failure));
        Assert.All(result.Cards, card => Assert.Equal((Text(card.Published!), 0), (Text(card.Draft!), card.Examples.Count)));
        var finished = real.Where(run => run.Status == (int)RunStatus.Finished && run.TriggerId == "later").ToList();
        Assert.Equal(finished.Count, result.Cards.Single(card => card.Trigger == "later").Published!.Fired);
        var text = result.Cards.Single(card => card.Trigger == "text").Published!;
        Assert.Equal((host.Sms.Ledger.Count, host.Sms.Ledger.Count), (text.Acts[TrialActs.Sms], text.Acts[TrialActs.Task]));
    }

    [Fact]
    public async Task BackTest_PeriodThatBeginsInTheMiddle_KnowsWhatHadFired()
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartAsync(Published, clock: clock, services: RuntimeHost.WithoutRecovery);
        var deal = host.AddDeal("А", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        clock.Advance(TimeSpan.FromHours(5));
        await host.UntilAsync(async context => !await context.Timers.AnyAsync(RuntimeHost.Stop));
        var middle = clock.GetUtcNow();
        await host.PricedAsync(deal, 600);
        await host.MovedAsync(deal, Funnel.New);
        await host.MovedAsync(deal, Funnel.Meeting);
        await host.MovedAsync(deal, Invoice);

        var began = new HashSet<Guid>();
        await PlayAsync(host, Published, middle, clock.GetUtcNow(), run => Assert.True(began.Add(run)));
        await using var context = await host.OpenAsync();
        // Once ever: the second leaving fires nothing, neither then nor now.
        Assert.Equal((await context.Runs.Where(run => run.CreatedAt >= middle).Select(run => run.Id).ToListAsync(RuntimeHost.Stop)).Order(), began.Order());
    }

    [Fact]
    public async Task BackTest_DateOfADealThatNothingWasToldOf_ComesAtItsTime()
    {
        var trigger = Funnel.Trigger(
            "visit", new() { Event = TriggerEvents.DateField, Field = "Дата визита", Stages = [Funnel.Stage(Funnel.Meeting)], Timing = new() { Kind = TimingKind.DateField, Delay = Engine.Calendars.TimeLength.Parse("1d").Negate() } },
            Funnel.Flow(Funnel.Note("завтра")));
        var start = new DateTimeOffset(2025, 3, 10, 9, 0, 0, TimeSpan.Zero);
        var clock = new StandingClock(start);
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(trigger), clock: clock, services: RuntimeHost.WithoutTimerScan);
        var deal = host.AddDeal("Окно", stage: Funnel.Meeting);
        await host.ChangedAsync(() => host.Amo.SetField(Simulators.AmoCrm.AmoKind.Leads, deal, Simulators.Seed.SandboxIds.VisitDate, start.AddDays(10).ToUnixTimeSeconds()));

        var far = await PlayAsync(host, Funnel.Of(trigger), start.AddDays(2), start.AddDays(8), _ => { });
        var near = await PlayAsync(host, Funnel.Of(trigger), start.AddDays(2), start.AddDays(10), _ => { });

        Assert.Equal((0, 1), (Assert.Single(far.Cards).Draft!.Fired, Assert.Single(near.Cards).Draft!.Fired));
        Assert.Equal((1, 0), (near.Cards[0].Published!.Acts[TrialActs.Note], near.Cards[0].Examples.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BackTest_ChangedCondition_ShowsTheDealsThatDiffer(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Published, onPostgres, clock, RuntimeHost.WithoutRecovery);
        foreach (var (name, price) in new[] { ("Малая", 50), ("Средняя", 300), ("Большая", 5_000) }) await host.MovedAsync(host.AddDeal(name, price), Funnel.Meeting);
        var changed = Published with { Triggers = [Published.Triggers[0] with { If = new("NCalc", "[deal.price] < 1000") }, Funnel.Trigger("new", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms()))] };
        var funnel = await DryRunTests.DraftAsync(host, changed);
        var tests = host.Services.GetRequiredService<BackTestService>();
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.QuietAsync(0);
        clock.Advance(TimeSpan.FromSeconds(1));

        var row = await tests.StartAsync(host.Account, funnel, 30, null, "Анна", RuntimeHost.Stop);
        await tests.EndedAsync(row.Id);
        row = (await tests.FindAsync(host.Account, funnel.Id, row.Id, RuntimeHost.Stop))!;
        var result = BackTestResult.FromJson(row.Result!);

        Assert.Equal((BackTestStatus.Done, row.Total, 1), (row.Status, row.Played, result.Version));
        var text = result.Cards.Single(card => card.Trigger == "text");
        Assert.Equal((2, 2, 2), (text.Draft!.Fired, text.Published!.Fired, text.Published.Acts[TrialActs.Sms]));
        var small = text.Examples.Single(one => one.Side == "draft");
        var large = text.Examples.Single(one => one.Side == "published");
        Assert.Equal(("Малая", "condition_false", 50), (small.Name, (string?)small.Other!["reason"], Price(small)));
        Assert.Equal(("Большая", "condition_false", 5_000), (large.Name, (string?)large.Other!["reason"], Price(large)));
        var added = result.Cards.Single(card => card.Trigger == "new");
        Assert.Equal((3, null, 3), (added.Draft!.Fired, added.Published, added.Examples.Count));
        Assert.Null(result.Cards.Single(card => card.Trigger == "left").Draft);
    }

    [Fact]
    public async Task BackTest_OfOneAccount_IsOneAtATime_AndAStoppedOneHasFailed()
    {
        await using var host = await RuntimeHost.StartAsync(Published);
        var funnel = await DryRunTests.DraftAsync(host, Published);
        var tests = host.Services.GetRequiredService<BackTestService>();
        var (id, now) = (host.Services.GetRequiredService<IIdSource>().NewId(), TimeProvider.System.GetUtcNow());
        await using (var context = await host.OpenAsync())
        {
            context.BackTests.Add(new() { Id = id, AccountId = host.Account.Value, FunnelId = funnel.Id, Request = "{}", Status = BackTestStatus.Running, By = "Анна", CreatedAt = now, LeaseUntil = now.AddMinutes(1) });
            await context.SaveChangesAsync(RuntimeHost.Stop);
        }

        Assert.Equal("back_test_under_way", (await Assert.ThrowsAsync<TrialRefusedException>(() => tests.StartAsync(host.Account, funnel, 1, null, "Иван", RuntimeHost.Stop))).Code);
        await using (var context = await host.OpenAsync()) await context.BackTests.ExecuteUpdateAsync(update => update.SetProperty(row => row.LeaseUntil, now.AddSeconds(-1)), RuntimeHost.Stop);
        Assert.Equal(BackTestStatus.Failed, (await tests.FindAsync(host.Account, funnel.Id, id, RuntimeHost.Stop))!.Status);
        var row = await tests.StartAsync(host.Account, funnel, 1, "text", "Иван", RuntimeHost.Stop);
        await tests.CancelAsync(host.Account, funnel.Id, row.Id, RuntimeHost.Stop);
        await tests.EndedAsync(row.Id);
        Assert.NotEqual(BackTestStatus.Running, (await tests.FindAsync(host.Account, funnel.Id, row.Id, RuntimeHost.Stop))!.Status);
        Assert.Equal("query_invalid", (await Assert.ThrowsAsync<TrialRefusedException>(() => tests.StartAsync(host.Account, funnel, 31, null, "Иван", RuntimeHost.Stop))).Code);
    }

    /// <summary>Deals come, move, come back, change; delays and waits come due.</summary>
    private static async Task LiveAsync(RuntimeHost host, JumpingClock clock)
    {
        var (first, second, third) = (host.AddDeal("А", 500), host.AddDeal("Б", 50), host.AddDeal("В", 700));
        await host.MovedAsync(first, Funnel.Meeting);
        await host.MovedAsync(second, Funnel.Meeting);
        await host.PricedAsync(first, 5_000);
        await host.PricedAsync(second, 2_000);
        await host.PricedAsync(second, 60);
        await host.MovedAsync(first, Funnel.New);
        // Moved on by its own trigger: the echo fires those of the next stage.
        await host.MovedAsync(third, Funnel.Qualified);
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.TriggerId == "text", RuntimeHost.Stop) == 2);
        await host.QuietAsync(0);
        clock.Advance(TimeSpan.FromHours(4));
        await host.UntilAsync(async context => !await context.Timers.AnyAsync(RuntimeHost.Stop));
        await host.QuietAsync(0);
        await host.MovedAsync(first, Funnel.Meeting);
        await host.MovedAsync(first, Invoice);
        clock.Advance(TimeSpan.FromHours(4));
        await host.UntilAsync(async context => !await context.Timers.AnyAsync(RuntimeHost.Stop));
        await host.QuietAsync(0);
    }

    private static async Task<BackTestResult> PlayAsync(RuntimeHost host, FunnelDocument draft, DateTimeOffset from, DateTimeOffset to, Action<Guid> began)
    {
        var maker = host.Services.GetRequiredService<TrialMaker>();
        var published = (await host.Services.GetRequiredService<FunnelCatalog>().PublishedAsync(host.Account)).Single();
        var plan = new BackTestPlan(host.Account, host.Crm, await maker.CompileAsync(host.Account, published.Id, 2, host.Crm, draft, RuntimeHost.Stop), new(published, new Dictionary<string, string>()), from, to);
        return await new BackTestPlayer(host.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>(), maker, plan, (_, _) => Task.CompletedTask, began).PlayAsync(RuntimeHost.Stop);
    }

    private static string Text(CardTally tally) => $"{tally.Fired} {tally.Skipped} {tally.Waiting} {tally.Failed} {string.Join(' ', tally.Acts)}";

    private static int Price(BackTestExample example) => (int)example.Other!["seen"]!.First(seen => (string?)seen["path"] == "deal.price")["value"]!;
}
