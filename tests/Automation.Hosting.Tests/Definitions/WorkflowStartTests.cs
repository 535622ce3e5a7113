using Automation.Engine.Events;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests.Definitions;

/// <summary>Workflows that start one another, and those that start by themselves.</summary>
public sealed class WorkflowStartTests
{
    private static CancellationToken Stop => RuntimeHost.Stop;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ExecuteWorkflow_InADealsRun_WorksOnThatDealAndGivesItsOutputsBack(bool postgres)
    {
        var parent = Funnel.Flow(
            Funnel.Activity("call", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "greet"), ("waitForCompletion", "Literal", "True"), ("input", "Object", """{"who":"Анна"}""")),
            Funnel.Note("{{ got.text }}"));
        parent["variables"] = new JArray(new JObject { ["id"] = "got", ["name"] = "got", ["typeName"] = "Object" });
        parent["root"]!["activities"]![0]!["result"] = new JObject { ["memoryReference"] = new JObject { ["id"] = "got" } };
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("t", Funnel.Entered(Funnel.Meeting), parent)), postgres);
        var child = Funnel.Flow(Funnel.Sms("{{ input.who }}: {{ deal.name }}"), Funnel.Activity("out", "Elsa.SetOutput", ("outputName", "Literal", "text"), ("outputValue", "Liquid", "привет, {{ input.who }}")));
        await PublishAsync(host, "greet", child);
        var deal = host.AddDeal("Окно", 45_000);

        await host.ChangedAsync(() => host.Move(deal, Funnel.Meeting));
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Finished, Stop) == 2);

        Assert.Equal("Анна: Окно", Assert.Single(host.Sms.Ledger).Text);
        await host.UntilAsync(async context => !await context.Effects.AnyAsync(effect => effect.State < 2, Stop));
        await using var db = await host.OpenAsync();
        Assert.Equal(2, await db.Runs.CountAsync(run => run.EntityType == "deal", Stop));
        Assert.Contains(await db.Effects.Where(effect => effect.Kind == "crm").Select(effect => effect.Request).ToListAsync(Stop), request => request.Contains("привет, Анна", StringComparison.Ordinal));
        await SameAsJournalAsync(host);
    }

    /// <summary>All the way down; what nobody waits for goes on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_RunThatWaitsForOthers_CancelsThemToo(bool postgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(), postgres);
        await PublishAsync(host, "leaf", Funnel.Flow(Funnel.Activity("wait", "Elsa.Event", ("eventName", "Literal", "never"))));
        await PublishAsync(host, "middle", Funnel.Flow(Funnel.Activity("each", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", "Literal", "leaf"), ("items", "Object", "[1,2]"), ("waitForCompletion", "Literal", "True"))));
        await PublishAsync(host, "top", Funnel.Flow(
            Funnel.Activity("beside", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "leaf")),
            Funnel.Activity("call", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", "middle"), ("waitForCompletion", "Literal", "True"))));
        var top = (await StartAsync(host, "top"))!.Run;
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Suspended, Stop) == 5 && !await context.Effects.AnyAsync(effect => effect.State < 2, Stop));

        await using (var context = await host.OpenAsync())
            await host.Services.GetRequiredService<MailboxRouter>().CancelRunAsync(MailboxRouter.KeyOf(await context.Runs.SingleAsync(run => run.Id == top, Stop)), top, "cancelled by a test");
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Cancelled, Stop) == 4 && !await context.Effects.AnyAsync(effect => effect.State < 2, Stop));

        await using var db = await host.OpenAsync();
        var left = await db.Runs.SingleAsync(run => run.Status != (int)RunStatus.Cancelled, Stop);
        Assert.Equal(((int)RunStatus.Suspended, 1), (left.Status, await db.Bookmarks.CountAsync(Stop)));
        await SameAsJournalAsync(host);
    }

    [Fact]
    public async Task Workflow_ThatStartsItself_IsStoppedByTheGuard()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        await PublishAsync(host, "loop", Funnel.Flow(Funnel.Activity("again", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "loop"))));

        await StartAsync(host, "loop");
        await host.UntilAsync(async context => await context.Runs.AnyAsync(run => run.Status == (int)RunStatus.Faulted, Stop));

        await using var db = await host.OpenAsync();
        // The first one and ten more: the account's longest chain.
        Assert.Equal(11, await db.Runs.CountAsync(Stop));
        Assert.Contains("chain_too_deep", (await db.Runs.SingleAsync(run => run.Status == (int)RunStatus.Faulted, Stop)).State, StringComparison.Ordinal);
    }

    /// <summary>Two that come at the same moment meet in one mailbox.</summary>
    [Theory]
    [InlineData("Singleton", "a", "b", 1)]
    [InlineData("CorrelatedSingleton", "a", "b", 2)]
    [InlineData("Correlation", "a", "a", 1)]
    [InlineData("Always", "a", "a", 2)]
    public async Task Strategy_StartsAtTheSameMoment_LetsAsManyRunAsItSays(string strategy, string first, string second, int runs)
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var document = Funnel.Flow(Funnel.Activity("wait", "Elsa.Event", ("eventName", "Literal", "never")));
        document["options"] = new JObject { ["activationStrategyType"] = strategy };
        await PublishAsync(host, "only", document);

        await Task.WhenAll(StartAsync(host, "only", first), StartAsync(host, "only", second));
        await host.UntilAsync(async context => !await context.Events.AnyAsync(row => row.Status == EventStatus.Waiting, Stop));

        await using var db = await host.OpenAsync();
        Assert.Equal(runs, await db.Runs.CountAsync(Stop));
    }

    [Fact]
    public async Task Event_StartsWorkflowsAndResumesRuns_OncePerKey()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        await PublishAsync(host, "starts", Starting(Funnel.Activity("paid", "Elsa.Event", ("eventName", "Literal", "paid"))));
        await PublishAsync(host, "waits", Funnel.Flow(Funnel.Activity("first", "Elsa.WriteLine", ("text", "Literal", "x")), Funnel.Activity("paid", "Elsa.Event", ("eventName", "Literal", "paid"))));
        await StartAsync(host, "waits");
        await host.UntilAsync(async context => await context.Bookmarks.AnyAsync(Stop));

        for (var i = 0; i < 2; i++) await SendAsync(host, "paid", "key-1");
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Finished, Stop) == 2);
        await host.UntilAsync(async context => !await context.Events.AnyAsync(row => row.Status == EventStatus.Waiting, Stop));

        await using var db = await host.OpenAsync();
        Assert.Equal(2, await db.Runs.CountAsync(Stop));
        await SameAsJournalAsync(host);
    }

    [Fact]
    public async Task Timer_Published_StartsRunsAndStopsWithIt()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        await PublishAsync(host, "tick", Starting(Funnel.Activity("every", "Elsa.Timer", ("interval", "Literal", "00:00:01"))));
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Finished, Stop) >= 2);

        await host.Services.GetRequiredService<DefinitionService>().RetractAsync(host.Account, "tick", Stop);
        await using var db = await host.OpenAsync();
        Assert.Equal(0, await db.Timers.CountAsync(timer => timer.Kind == "workflow", Stop));
    }

    /// <summary>Each publishing would start it once more.</summary>
    [Fact]
    public async Task StartAt_ThatHasPassed_StartsNothing()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        await PublishAsync(host, "past", Starting(Funnel.Activity("at", "Elsa.StartAt", ("dateTime", "Literal", "2020-01-01T00:00:00Z"))));
        await using var db = await host.OpenAsync();
        Assert.Equal(0, await db.Timers.CountAsync(Stop));
    }

    [Fact]
    public async Task Publish_BrokenCron_IsRefusedAndNothingIsArmed()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var refused = await Assert.ThrowsAsync<DefinitionInvalidException>(() => PublishAsync(host, "bad", Starting(Funnel.Activity("c", "Elsa.Cron", ("cronExpression", "Literal", "whenever")))));

        Assert.Equal("cron_invalid", refused.Problems[0].Code);
        await using var db = await host.OpenAsync();
        Assert.False(await db.Definitions.AnyAsync(row => row.DefinitionId == "bad", Stop));
    }

    /// <summary>What starts a run makes no difference to what it does.</summary>
    [Fact]
    public async Task Journal_OfARunStartedByNameAndByAFunnel_IsTheSameAfterTheStart()
    {
        static JObject Flow() => Funnel.Flow(
            Funnel.Activity("a", "Elsa.WriteLine", ("text", "NCalc", "1 + 1")), Funnel.Activity("b", "Elsa.Delay", ("timeSpan", "Literal", "00:00:00.1")), Funnel.Activity("c", "Elsa.RunJavaScript", ("script", "Literal", "return [1, 'x']")));
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("t", Funnel.Entered(Funnel.Meeting), Flow())));
        await PublishAsync(host, "same", Flow());
        await StartAsync(host, "same");
        var deal = host.AddDeal("Окно", 45_000);
        await host.ChangedAsync(() => host.Move(deal, Funnel.Meeting));
        await host.UntilAsync(async context => await context.Runs.CountAsync(run => run.Status == (int)RunStatus.Finished, Stop) == 2);

        await using var db = await host.OpenAsync();
        var journals = new List<string>();
        foreach (var run in await db.Runs.ToListAsync(Stop))
        {
            var rows = await db.Journal.Where(row => row.RunId == run.Id).OrderBy(row => row.Sequence).ToListAsync(Stop);
            var facts = rows.Select(row => RunJson.Parse(row.Facts)["facts"]!.ToString().Replace(run.Id.ToString("N"), "run", StringComparison.Ordinal));
            journals.Add(System.Text.RegularExpressions.Regex.Replace(string.Join('\n', facts), "\"dueAt\": \"[^\"]+\"", "due"));
        }

        Assert.Equal(2, journals.Count);
        Assert.Equal(journals[0], journals[1]);
        Assert.Contains("Suspended", journals[0], StringComparison.Ordinal);
    }

    private static JObject Starting(JObject trigger)
    {
        trigger["customProperties"] = new JObject { ["canStartWorkflow"] = true };
        return Funnel.Flow(trigger, Funnel.Activity("line", "Elsa.WriteLine", ("text", "Literal", "started")));
    }

    private static async Task PublishAsync(RuntimeHost host, string id, JObject document) =>
        await host.Services.GetRequiredService<DefinitionService>().SaveAsync(host.Account, id, document, publish: true, Stop);

    private static async Task<WorkflowStarted?> StartAsync(RuntimeHost host, string id, string? correlation = null)
    {
        var definition = (await host.Services.GetRequiredService<DefinitionService>().FindAsync(host.Account, id, "Published", Stop))!;
        return await host.Services.GetRequiredService<WorkflowStarter>().StartAsync(host.Account, definition, new([], correlation, null), Stop);
    }

    private static Task<StimulusSent> SendAsync(RuntimeHost host, string name, string key) =>
        host.Services.GetRequiredService<StimulusSender>().SendAsync(host.Account, new(SharedStimuli.EventHash(name), key, DateTimeOffset.UnixEpoch.AddYears(56), null, "x", [], 0), Stop);

    private static async Task SameAsJournalAsync(RuntimeHost host)
    {
        await using var db = await host.OpenAsync();
        foreach (var run in await db.Runs.Select(run => run.Id).ToListAsync(Stop))
            Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run, Stop))!.Equal);
    }
}
