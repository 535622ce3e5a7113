using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>Many at once: one effect, one order, fair shares.</summary>
public sealed class AtOnceTests
{
    [Fact]
    public async Task IdenticalEvents_TwentyAtOnce_OneChildDeal()
    {
        var child = Funnel.Activity("child", "Crm.CreateChildDeal", ("pipelineId", "Literal", "8240020"), ("stageId", "Literal", "68130450"));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("child", Funnel.Entered(Funnel.Meeting), Funnel.Flow(child))));
        var deal = host.AddDeal("Окно", 500);
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.QuietAsync(1);
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 5;
        var body = $"leads[status][0][id]={deal}&leads[status][0][name]=Окно&leads[status][0][status_id]={Funnel.Meeting}&leads[status][0][old_status_id]={Funnel.New}&leads[status][0][price]=500&leads[status][0][pipeline_id]={Funnel.Pipeline}&leads[status][0][last_modified]={at}&leads[status][0][updated_at]={at}&account[id]=31700500&account[subdomain]=demo";
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.DeliverAsync(body)));
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.FinishedAt != null, RuntimeHost.Stop));
        await host.QuietAsync(2);

        Assert.Equal(19, answers.SelectMany(answer => answer.Events).Count(accepted => accepted.Duplicate));
        Assert.Single(host.Amo.Deals, lead => lead.PipelineId == 8240020);
    }

    [Fact]
    public async Task HundredDeals_FourEqualManagers_TwentyFiveEach()
    {
        var assign = Funnel.Activity("assign", "Crm.AssignManager", ("candidates", "Object", """["9050112","9050113","9050114","9050115"]"""));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("assign", new When { Event = TriggerEvents.CreatedInStage }, Funnel.Flow(assign))));
        foreach (var number in Enumerable.Range(1, 100)) host.AddDeal($"Заявка {number}");
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.UntilAsync(async context => await context.Assignments.CountAsync(RuntimeHost.Stop) == 100);

        await using var context = await host.OpenAsync();
        var shares = await context.Assignments.GroupBy(row => row.ManagerId).Select(group => group.Count()).ToListAsync(RuntimeHost.Stop);
        Assert.Equal([25, 25, 25, 25], shares);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_ManyDealsInterleaved_KeepTheOrderOfEachDealAndReplayToTheSameState(bool onPostgres)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var database = onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(RuntimeHost.Stop) : null;
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger(
            "notes", new When { Event = TriggerEvents.NoteAdded }, Funnel.Flow(Funnel.Activity("name", "Elsa.SetName", ("value", "NCalc", "[event.data.text]")), Funnel.Sms("{{ event.data.text }}")), reentry: Reentry.EveryTime)), database);
        var deals = Enumerable.Range(0, 5).Select(number => host.AddDeal($"Сделка {number}")).ToList();
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.QuietAsync(5);
        foreach (var number in Enumerable.Range(0, 8))
            foreach (var deal in deals) host.Amo.AddNote(deal, $"{deal}:{number}");
        await host.Amo.Hooks.IdleAsync(RuntimeHost.Stop);
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.FinishedAt != null, RuntimeHost.Stop) == 40);

        foreach (var deal in deals)
            Assert.Equal(Enumerable.Range(0, 8).Select(number => $"{deal}:{number}"), host.Sms.Ledger.Select(message => message.Text).Where(text => text.StartsWith($"{deal}:", StringComparison.Ordinal)));
        await using var context = await host.OpenAsync();
        var numbers = await context.Events.Where(row => row.EntityId == deals[0].ToString(System.Globalization.CultureInfo.InvariantCulture)).OrderBy(row => row.Number).Select(row => row.Number).ToListAsync(RuntimeHost.Stop);
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => (long)number), numbers);
        var replay = host.Services.GetRequiredService<ReplayService>();
        foreach (var run in await context.Runs.Select(run => run.Id).ToListAsync(RuntimeHost.Stop))
        {
            var report = await replay.ReplayAsync(host.Account, run, RuntimeHost.Stop);
            Assert.True(report!.Equal, report.Difference);
        }
    }
}
