using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Hosting.Trials;
using Automation.Engine.Persistence.Messages;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>A step sends a template of the account: as it is when the step runs, and with the deal's values in it.</summary>
public sealed class MessageTemplateTests
{
    private static readonly FunnelDocument Nothing = Funnel.Of(Funnel.Trigger("elsewhere", Funnel.Entered(Funnel.Qualified), Funnel.Flow(Funnel.Note("x"))));

    private static readonly FunnelDocument Sending = Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("sms", "Crm.SendSms", ("template", "Literal", "visit")))));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sms_ByATemplate_HasItsTextOfThatMoment_AndReplaysTheSame(bool onPostgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Nothing, onPostgres);
        await SaveAsync(host, "Сделка {{ deal.name }}: ждём вас");
        await host.PublishAsync(Sending);
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);
        await SaveAsync(host, "{{ deal.name }}: приходите");
        await host.MovedAsync(host.AddDeal("Дверь"), Funnel.Meeting);

        Assert.Equal(["Сделка Окно: ждём вас", "Дверь: приходите"], host.Sms.Ledger.Select(message => message.Text));
        await using var context = await host.OpenAsync();
        foreach (var run in await context.Runs.ToListAsync(RuntimeHost.Stop)) Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run.Id, RuntimeHost.Stop))!.Equal);
    }

    [Fact]
    public async Task Sms_ThatIsTooLong_KeepsTheDealsValuesOutOfTheJournal()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);
        await SaveAsync(host, "Ждём вас, {{ contact.name }}");
        await host.PublishAsync(Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("sms", "Crm.SendSms", ("template", "Literal", "visit"), ("maxParts", "Literal", 0))))));
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);

        await using var context = await host.OpenAsync();
        var facts = string.Concat(await context.Journal.Where(row => row.Kind == "run").Select(row => row.Facts).ToListAsync(RuntimeHost.Stop));
        Assert.Contains("text_too_long", facts, StringComparison.Ordinal);
        Assert.DoesNotContain("\"seen\"", facts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sms_TemplateIsGone_FailsOnceInWords()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);
        await SaveAsync(host, "Ждём вас");
        await host.PublishAsync(Sending);
        Assert.True(await host.Services.GetRequiredService<MessageTemplateStore>().RemoveAsync(host.Account, "visit", RuntimeHost.Stop));
        await host.MovedAsync(host.AddDeal("Окно"), Funnel.Meeting);

        Assert.Empty(host.Sms.Ledger);
        await using var context = await host.OpenAsync();
        var run = await context.Runs.SingleAsync(RuntimeHost.Stop);
        Assert.Equal((int)RunStatus.Faulted, run.Status);
        var incident = Assert.Single(RunJson.ReadState(run.State).Incidents);
        Assert.Equal("template_missing", incident.Code);
        Assert.StartsWith("Нет шаблона сообщений «visit»", incident.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await context.Timers.ToListAsync(RuntimeHost.Stop), timer => timer.RunId == run.Id);
    }

    [Fact]
    public async Task Trial_OfAStepWithATemplate_ShowsItsText()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);
        await SaveAsync(host, "{{ deal.name }}: ждём вас");
        var deal = host.AddDeal("Окно");
        await host.MovedAsync(deal, Funnel.Meeting);
        var draft = await host.Services.GetRequiredService<FunnelService>().SaveDraftAsync(host.Account, Sending, null, RuntimeHost.Stop);
        var report = await host.Services.GetRequiredService<DryRunService>().RunAsync(host.Account, draft, new(null, "deal", $"{deal}", null, []), RuntimeHost.Stop);

        Assert.Equal("Окно: ждём вас", (string?)report.Triggers[0].Steps.Single(step => step.Type == "Crm.SendSms").Acts.Single().Shown["text"]);
    }

    [Fact]
    public async Task Publish_WithATemplateThatIsNotThere_IsRefusedWithThePlace()
    {
        await using var host = await RuntimeHost.StartAsync(Nothing);

        var refused = await Assert.ThrowsAsync<FunnelInvalidException>(() => host.PublishAsync(Sending));

        var problem = Assert.Single(refused.Problems);
        Assert.Equal(("template_missing", "triggers[0].then.root.activities[0].template"), (problem.Code, problem.Path));
    }

    private static Task SaveAsync(RuntimeHost host, string text) =>
        host.Services.GetRequiredService<MessageTemplateStore>().SaveAsync(host.Account, new("visit", "Визит", text, null, MessageMark.Service, TimeProvider.System.GetUtcNow(), null), RuntimeHost.Stop);
}
