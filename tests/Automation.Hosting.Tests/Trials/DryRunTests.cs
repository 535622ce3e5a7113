using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Trials;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests.Trials;

/// <summary>A draft is tried on a deal: everything is said, nothing is done.</summary>
public sealed class DryRunTests
{
    private static readonly FunnelDocument Nothing = Funnel.Of(Funnel.Trigger("elsewhere", Funnel.Entered(Funnel.Qualified), Funnel.Flow(Funnel.Note("x"))));

    private static readonly FunnelDocument Everything = Funnel.Of(
        Funnel.Trigger("all", Funnel.Entered(Funnel.Meeting), Funnel.Flow(
            Funnel.Sms("Сделка {{ deal.name }} на {{ deal.price }}"),
            Funnel.Activity("task", "Crm.CreateTask", ("text", "Liquid", "Позвонить по {{ deal.name }}")),
            Funnel.Activity("stage", "Crm.ChangeStage", ("stageId", "Literal", Funnel.Qualified)),
            Funnel.Activity("call", "Elsa.FlowSendHttpRequest", ("url", "Literal", "https://example.test/take?key=secret")),
            Funnel.Activity("pause", "Elsa.Delay", ("timeSpan", "Literal", "2.00:00:00")),
            Funnel.Note("готово")), "[deal.price] > 100"),
        Funnel.Trigger("left", new() { Event = TriggerEvents.LeftStage, Stages = [Funnel.Stage(Funnel.Meeting)] }, Funnel.Flow(Funnel.Note("y"))));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Try_WorkflowThatDoesALot_SaysItAllAndWritesNothing(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Nothing, onPostgres, services: RuntimeHost.WithoutRecovery);
        var deal = host.AddDeal("Окно", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        var funnel = await DraftAsync(host, Everything);
        var moved = await EnteredAsync(host, deal);
        var (rows, amo, sms) = (await RowsAsync(host), host.Amo.Calls.All.Count, host.Sms.Calls.All.Count);

        var report = await TryAsync(host, funnel, deal, moved);

        Assert.Equal((rows, amo, sms), (await RowsAsync(host), host.Amo.Calls.All.Count, host.Sms.Calls.All.Count));
        var all = report.Triggers[0];
        Assert.Equal(("fired", RunStatus.Finished), ((string?)all.Verdict["reason"], all.Status));
        Assert.Equal("outside_span", (string?)report.Triggers[1].Verdict["reason"]);
        var steps = all.Steps.Where(step => step.Type is not ("Elsa.Workflow" or "Elsa.Flowchart")).ToList();
        Assert.Equal(["Crm.SendSms", "Crm.CreateTask", "Crm.ChangeStage", "Elsa.FlowSendHttpRequest", "Elsa.Delay", "Crm.AddNote"], steps.Select(step => step.Type));
        Assert.All(steps, step => Assert.Equal("done", step.State));
        Assert.Equal([TrialActs.Sms, TrialActs.Task, TrialActs.Change, TrialActs.Http, TrialActs.Note], steps.SelectMany(step => step.Acts).Select(act => act.Act));
        Assert.Equal("Сделка Окно на 500", (string?)steps[0].Acts[0].Shown["text"]);
        Assert.Contains("***", (string?)steps[0].Acts[0].Shown["phone"]);
        Assert.Equal("Позвонить по Окно", (string?)steps[1].Acts[0].Shown["tasks"]![0]!["text"]);
        Assert.Equal("https://example.test/take?…", (string?)steps[3].Acts[0].Shown["url"]);
        Assert.Equal(report.At.AddDays(2), Assert.Single(steps[4].Waits).Until);
    }

    [Fact]
    public async Task Try_DealThatHasChangedSince_IsSeenAsOfTheEvent()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);
        var deal = host.AddDeal("Окно", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        var moved = await EnteredAsync(host, deal);
        await host.PricedAsync(deal, 50);
        var funnel = await DraftAsync(host, Everything);

        var then = (await TryAsync(host, funnel, deal, moved)).Triggers[0];
        var now = (await TryAsync(host, funnel, deal, null)).Triggers[0];

        Assert.Equal(("fired", 500), ((string?)then.Verdict["reason"], Price(then)));
        Assert.Equal(("condition_false", 50), ((string?)now.Verdict["reason"], Price(now)));
    }

    [Fact]
    public async Task Try_WaitForAnEvent_EndsThereUnlessItIsTakenForCome()
    {
        var waits = Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("answer", "Elsa.Event", ("eventName", "Literal", "ответ")), Funnel.Sms("спасибо"))) with { Enabled = false });
        await using var host = await RuntimeHost.StartAsync(Nothing);
        var deal = host.AddDeal("Окно", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        var funnel = await DraftAsync(host, waits);

        Assert.Equal("disabled", (string?)(await TryAsync(host, funnel, deal, null)).Triggers[0].Verdict["reason"]);
        var left = (await TryAsync(host, funnel, deal, null, "waits")).Triggers[0];
        var node = left.Steps[^1].Node;
        var went = (await TryAsync(host, funnel, deal, null, "waits", node)).Triggers[0];

        Assert.Equal((RunStatus.Suspended, "waits", null), (left.Status, left.Steps[^1].State, left.Steps[^1].Waits[0].Until));
        Assert.Equal((RunStatus.Finished, true), (went.Status, went.Steps.Single(step => step.Node == node).Waits[0].Came));
        Assert.Equal("спасибо", (string?)went.Steps[^1].Acts[0].Shown["text"]);
    }

    [Fact]
    public async Task Try_EventOrTimeout_TakesTheTimeoutUnlessTheEventIsTakenForCome()
    {
        var waits = Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("answer", "Automation.WaitForEvent", ("eventName", "Literal", "ответ"), ("duration", "Literal", "2h")))));
        await using var host = await RuntimeHost.StartAsync(Nothing);
        var deal = host.AddDeal("Окно", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        var funnel = await DraftAsync(host, waits);

        var (late, left) = Step(await TryAsync(host, funnel, deal, null));
        var (early, _) = Step(await TryAsync(host, funnel, deal, null, null, late.Node));

        Assert.Equal("TimedOut", Assert.Single(late.Outcomes));
        Assert.Equal(left.At.AddHours(2), late.Waits.Max(wait => wait.Until)!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal("Happened", Assert.Single(early.Outcomes));

        static (DryRunStep Step, DryRunReport Report) Step(DryRunReport report) => (report.Triggers[0].Steps.Single(step => step.Type == "Automation.WaitForEvent"), report);
    }

    [Fact]
    public async Task Try_AsIfNow_TriesThoseThatCanHappenToTheDeal_AndLeavingWhenItIsAskedFor()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);
        var deal = host.AddDeal("Окно", 500);
        await host.MovedAsync(deal, Funnel.Meeting);
        var funnel = await DraftAsync(host, Everything);
        Assert.Equal(["fired", "other_event"], (await TryAsync(host, funnel, deal, null)).Triggers.Select(trigger => (string?)trigger.Verdict["reason"]));
        Assert.Equal("fired", (string?)Assert.Single((await TryAsync(host, funnel, deal, null, "left")).Triggers).Verdict["reason"]);
    }

    [Fact]
    public async Task Trial_WhatItsStepsMayUse_LeadsNowhere()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);
        var ports = new TrialPorts(host.Services.GetRequiredService<IPorts>());
        var services = new TrialServices(host.Services, ports, host.Services.GetRequiredService<ManagerDirectory>(), new());
        Assert.All(
            [typeof(IHttpGateway), typeof(ISecrets), typeof(IEnumerable<IEffectHandler>), typeof(IEngineStore), typeof(InboxService), typeof(IDbContextFactory<AutomationDbContext>), typeof(IServiceProvider), typeof(IServiceScopeFactory)],
            type => Assert.Null(services.GetService(type)));
        var connection = (await ports.FindAsync(host.Account, host.Crm, RuntimeHost.Stop))!;
        Assert.Throws<InvalidOperationException>(() => ((IPorts)services.GetService(typeof(IPorts))!).Open<ICrm>(connection));
        // What an activity of a plug-in would read for itself is not read.
        var reads = new TrialReads(host.Services.GetRequiredService<CrmDirectoryCache>(), new());
        reads.Enter(new(host.Services.GetRequiredService<TrialMaker>().History, new(host.Account, host.Crm, "deal", "1")), () => new());
        Assert.Equal(JTokenType.Null, (await reads.ReadAsync("weather/moscow", _ => throw new InvalidOperationException("It was asked."), RuntimeHost.Stop)).Type);
        Assert.Equal(["weather/moscow"], reads.Unknown);
    }

    [Fact]
    public async Task Try_WhatIsNotThere_IsRefused()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);
        var funnel = await DraftAsync(host, Everything);
        await Assert.ThrowsAsync<TrialRefusedException>(() => TryAsync(host, funnel, 1, null));
        await Assert.ThrowsAsync<TrialRefusedException>(() => TryAsync(host, funnel, 1, null, "none"));
    }

    internal static async Task<FunnelRow> DraftAsync(RuntimeHost host, FunnelDocument document) => await host.Services.GetRequiredService<FunnelService>().SaveDraftAsync(host.Account, document, null, RuntimeHost.Stop);

    /// <summary>Rows of everything that a run would write.</summary>
    internal static async Task<string> RowsAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return string.Join(' ', await context.Events.CountAsync(), await context.Runs.CountAsync(), await context.Effects.CountAsync(), await context.Timers.CountAsync(), await context.Journal.CountAsync(), await context.Bookmarks.CountAsync(), await context.Links.CountAsync(), await context.Assignments.CountAsync(), await context.Mailboxes.SumAsync(row => row.Epoch));
    }

    /// <summary>Of the two hooks that tell one move, the one that was taken for it.</summary>
    private static async Task<Guid> EnteredAsync(RuntimeHost host, long deal)
    {
        await using var context = await host.OpenAsync();
        return (await context.Journal.Where(row => row.EntityId == $"{deal}" && row.Kind == "event" && row.Facts.Contains("entered_stage\",")).OrderByDescending(row => row.Id).FirstAsync(RuntimeHost.Stop)).EventId!.Value;
    }

    private static Task<DryRunReport> TryAsync(RuntimeHost host, FunnelRow funnel, long deal, Guid? stored, string? trigger = null, params string[] come) =>
        host.Services.GetRequiredService<DryRunService>().RunAsync(host.Account, funnel, new(trigger, "deal", $"{deal}", stored, come), RuntimeHost.Stop);

    private static int Price(DryRunTrigger trigger) => (int)trigger.Verdict["seen"]!.First(seen => (string?)seen["path"] == "deal.price")["value"]!;
}
