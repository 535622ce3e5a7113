using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>R14: circles are stopped and told, budgets hold over nodes.</summary>
public sealed class GuardTests
{
    // Odd prices are raised by one trigger, even ones by the other.
    private static FunnelDocument Circle => Funnel.Of(
        Funnel.Trigger("to", Priced, Funnel.Flow(Raise), "[deal.price] % 2 = 1", Reentry.EveryTime), Funnel.Trigger("fro", Priced, Funnel.Flow(Raise), "[deal.price] % 2 = 0", Reentry.EveryTime));

    private static When Priced => new() { Event = TriggerEvents.FieldChanged, Field = "price" };

    private static JObject Raise => Funnel.Activity("raise", "Crm.ChangeField", ("field", "Literal", "price"), ("value", "NCalc", "[deal.price] + 1"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Circle_OfTwoTriggers_IsStoppedToldAndLiftedByAPerson(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Circle, onPostgres);
        await QuotasAsync(host, """{"RunsPerTrigger":3}""");
        var deal = host.AddDeal("А");
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.PricedAsync(deal, 1);
        var first = await StoppedAsync(host, 1);

        Assert.Equal(("loop_guard", "to", 3), ((string?)first["what"], (string?)first["trigger"], (int)first["runs"]!));
        Assert.Matches("^«to» → .+ → «fro» → .+ → «to»$", (string?)first["cycle"]);
        Assert.Equal(3, await RunsAsync(host, "to"));
        await using (var context = await host.OpenAsync())
            Assert.NotNull(MailboxState.FromJson((await context.Mailboxes.SingleAsync(row => row.EntityType == EntityTypes.Deal && row.EntityId == $"{deal}", RuntimeHost.Stop)).State).Fired["to"].Stopped);

        // Stopped stays stopped, whoever changes the deal.
        await host.PricedAsync(deal, 101);
        Assert.Equal(3, await RunsAsync(host, "to"));
        await host.Services.GetRequiredService<InboxService>().AcceptAsync(host.Account, host.Crm, null, [new() { Kind = InternalEvents.Lift, EntityType = EntityTypes.Deal, EntityId = $"{deal}", DedupKey = "lift", Data = new JObject { ["trigger"] = "to", ["by"] = "Ольга" } }], RuntimeHost.Stop);
        await host.UntilAsync(context => context.Journal.AnyAsync(row => row.Kind == "operator", RuntimeHost.Stop));
        await host.PricedAsync(deal, 103);
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.TriggerId == "to", RuntimeHost.Stop) > 3);
    }

    [Fact]
    public async Task Chain_TooDeep_EndsAndSaysTheCircle()
    {
        await using var host = await RuntimeHost.StartAsync(Circle);
        await QuotasAsync(host, """{"RunsPerTrigger":500,"MaxDepth":4}""");
        var deal = host.AddDeal("А");
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.PricedAsync(deal, 1);
        var told = await StoppedAsync(host, 1);
        Assert.Equal(("chain_too_deep", 5), ((string?)told["what"], (int)told["depth"]!));
        Assert.Equal(5, await RunsAsync(host, "to") + await RunsAsync(host, "fro"));
    }

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Budget_CannotBeRead_EffectGoesByItsPlanOfRetries(Type failure)
    {
        var (failing, clock) = (new FailingOnce(failure), new JumpingClock());
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("смс")))), clock: clock, services: services => services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<EffectBudget>(provider, failing.Over(provider.GetRequiredService<IDbContextFactory<AutomationDbContext>>()))));
        host.Move(host.AddDeal("А"), Funnel.Meeting);
        await host.UntilAsync(context => context.Effects.AnyAsync(row => row.NextTryAt != null, RuntimeHost.Stop));
        Assert.Empty(host.Sms.Ledger);
        clock.Advance(TimeSpan.FromMinutes(1));
        await host.UntilAsync(context => context.Effects.AnyAsync(row => row.State == (int)EffectState.Done, RuntimeHost.Stop));
        Assert.Single(host.Sms.Ledger);
    }

    private sealed class FailingOnce(Type failure) : IDbContextFactory<AutomationDbContext>
    {
        private IDbContextFactory<AutomationDbContext>? real;

        private bool failed;

        public FailingOnce Over(IDbContextFactory<AutomationDbContext> contexts)
        {
            real = contexts;
            return this;
        }

        public AutomationDbContext CreateDbContext()
        {
            if (failed) return real!.CreateDbContext();
            failed = true;
            throw (Exception)Activator.CreateInstance(failure)!;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Budget_TwoNodesAtOnce_NeverExceedTheDay(bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Circle, onPostgres, clock);
        await QuotasAsync(host, """{"EffectsPerDay":250}""");
        EffectBudget[] nodes = [.. Enumerable.Range(0, 2).Select(_ => ActivatorUtilities.CreateInstance<EffectBudget>(host.Services))];
        var taken = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(async () => await nodes[i % 2].TryTakeAsync(host.Account, RuntimeHost.Stop))));
        Assert.InRange(taken.Count(ok => ok), 249, 250);
        Assert.False(await nodes[0].TryTakeAsync(host.Account, RuntimeHost.Stop) && await nodes[1].TryTakeAsync(host.Account, RuntimeHost.Stop));
        // A node that starts anew finds the day as it stands.
        Assert.False(await ActivatorUtilities.CreateInstance<EffectBudget>(host.Services).TryTakeAsync(host.Account, RuntimeHost.Stop));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await nodes[0].TryTakeAsync(host.Account, RuntimeHost.Stop));
    }

    [Fact]
    public async Task Effect_BeyondTheBudget_IsNotSentAndSaysWhy()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("раз", "first"), Funnel.Sms("два", "second")))));
        await QuotasAsync(host, """{"EffectsPerDay":1}""");
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await host.UntilAsync(context => context.Effects.AnyAsync(row => row.State == (int)EffectState.Failed, RuntimeHost.Stop));
        Assert.Equal("раз", Assert.Single(host.Sms.Ledger).Text);
        await using var read = await host.OpenAsync();
        Assert.Equal("effect_budget_exceeded", (await read.Effects.SingleAsync(row => row.State == (int)EffectState.Failed, RuntimeHost.Stop)).ErrorCode);
    }

    private static async Task QuotasAsync(RuntimeHost host, string quotas)
    {
        await using var context = await host.OpenAsync();
        await context.Accounts.ExecuteUpdateAsync(update => update.SetProperty(row => row.Settings, $"{{\"quotas\":{quotas}}}"), RuntimeHost.Stop);
        host.Services.GetRequiredService<AccountDirectory>().Forget(host.Account.Value);
    }

    private static async Task<JObject> StoppedAsync(RuntimeHost host, int count)
    {
        await host.UntilAsync(async context => await context.Journal.CountAsync(row => row.Kind == "guard", RuntimeHost.Stop) >= count);
        await using var context = await host.OpenAsync();
        return JObject.Parse((await context.Journal.Where(row => row.Kind == "guard").OrderBy(row => row.Id).ToListAsync(RuntimeHost.Stop))[count - 1].Facts);
    }

    private static async Task<int> RunsAsync(RuntimeHost host, string trigger)
    {
        await using var context = await host.OpenAsync();
        return await context.Runs.CountAsync(run => run.TriggerId == trigger, RuntimeHost.Stop);
    }
}
