using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>A person deletes an ended run: what it has done stays done, and what may come back stays.</summary>
public sealed class RunRemovalTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_EndedRun_ItsHookComesAgain_NothingIsSentTwice(bool postgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("call", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("раз")))), postgres);
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);
        var run = await RunAsync(host);
        await using var before = await host.OpenAsync();
        var (events, deals) = (await before.Events.CountAsync(RuntimeHost.Stop), await before.Journal.CountAsync(row => row.RunId == null, RuntimeHost.Stop));

        Assert.Equal(1, await Removal(host).DeleteAsync(host.Account, [run.Id], "Ольга", RuntimeHost.Stop));

        await using var after = await host.OpenAsync();
        Assert.Equal((0, 0, 0), (await after.Runs.CountAsync(RuntimeHost.Stop), await after.Effects.CountAsync(RuntimeHost.Stop), await after.Journal.CountAsync(row => row.RunId != null, RuntimeHost.Stop)));
        // The event's key (R2), the deal's own journal, and one line more: who deleted it.
        Assert.Equal((events, deals + 1), (await after.Events.CountAsync(RuntimeHost.Stop), await after.Journal.CountAsync(RuntimeHost.Stop)));
        Assert.Contains("Ольга", (await after.Journal.SingleAsync(row => row.Kind == "operator", RuntimeHost.Stop)).Facts, StringComparison.Ordinal);
        await host.MovedAsync(deal, Funnel.Qualified);
        Assert.Single(host.Sms.Ledger);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_RunThatMayComeBackOrIsAskedAbout_KeepsAllOfIt(bool postgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("call", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("раз")))), postgres, services: RuntimeHost.WithoutRecovery);
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);
        var run = await RunAsync(host);
        await using var context = await host.OpenAsync();
        var rows = await CountAsync(host);

        // A question about one of its actions is open.
        await context.Effects.ExecuteUpdateAsync(update => update.SetProperty(row => row.State, (int)EffectState.Unknown), RuntimeHost.Stop);
        await KeptAsync("run_needed");
        await context.Effects.ExecuteUpdateAsync(update => update.SetProperty(row => row.State, (int)EffectState.Done), RuntimeHost.Stop);

        // A redrive is under way in its deal.
        var redrive = new RedriveRow { Id = Guid.Parse("01900000-0000-7000-8000-000000000001"), AccountId = host.Account.Value, By = "test", Request = "{}", Total = 1, NextAt = DateTimeOffset.MaxValue.AddYears(-7000) };
        context.Redrives.Add(redrive);
        context.RedriveItems.Add(new RedriveItemRow { RedriveId = redrive.Id, AccountId = run.AccountId, ConnectionId = run.ConnectionId, EntityType = run.EntityType, EntityId = run.EntityId, Kind = "run", Target = run.Id.ToString() });
        await context.SaveChangesAsync(RuntimeHost.Stop);
        await KeptAsync("run_needed");
        await context.Redrives.ExecuteUpdateAsync(update => update.SetProperty(row => row.FinishedAt, row => row.NextAt), RuntimeHost.Stop);

        // It has not ended, or cannot be read.
        foreach (var (status, code) in new[] { (RunStatus.Suspended, "run_open"), (RunStatus.Quarantined, "run_quarantined") })
        {
            await context.Runs.ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, (int)status), RuntimeHost.Stop);
            await KeptAsync(code);
        }

        await context.Runs.ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, (int)RunStatus.Finished), RuntimeHost.Stop);
        Assert.Equal(0, await Removal(host).DeleteAsync(new(Guid.Empty), [run.Id], "Ольга", RuntimeHost.Stop));
        Assert.Equal(rows, await CountAsync(host));
        Assert.Equal(1, await Removal(host).DeleteAsync(host.Account, [run.Id], "Ольга", RuntimeHost.Stop));

        async Task KeptAsync(string code)
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<RunKeptException>(() => Removal(host).DeleteAsync(host.Account, [run.Id], "Ольга", RuntimeHost.Stop))).Code);
            Assert.Equal(rows, await CountAsync(host));
        }
    }

    private static RunRemoval Removal(RuntimeHost host) => host.Services.GetRequiredService<RunRemoval>();

    private static async Task<RunRow> RunAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        var run = await context.Runs.AsNoTracking().SingleAsync(RuntimeHost.Stop);
        Assert.Equal((int)RunStatus.Finished, run.Status);
        return run;
    }

    private static async Task<(int Runs, int Effects, int Journal)> CountAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return (await context.Runs.CountAsync(RuntimeHost.Stop), await context.Effects.CountAsync(RuntimeHost.Stop), await context.Journal.CountAsync(RuntimeHost.Stop));
    }
}
