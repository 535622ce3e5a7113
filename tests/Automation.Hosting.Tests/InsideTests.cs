using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>What becomes of runs that wait inside when a new version is published.</summary>
public sealed class InsideTests
{
    private static readonly JObject Wait = Funnel.Activity("wait", "Elsa.Delay", ("timeSpan", "Literal", "01:00:00"));
    private static readonly TimeSpan Past = TimeSpan.FromHours(2);

    [Theory]
    [InlineData(InsideChoice.Finish, "old", false)]
    [InlineData(InsideChoice.Migrate, "new", false)]
    [InlineData(InsideChoice.Migrate, "new", true)]
    [InlineData(InsideChoice.Cancel, null, false)]
    public async Task Publish_WithRunsInside_DoesWhatWasChosen(string choice, string? text, bool onPostgres)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Version("old"), onPostgres, clock);
        await host.MovedAsync(host.AddDeal("Заявка", 500), Funnel.Meeting);
        await PublishAsync(host, Version("new"), choice);
        await host.UntilAsync(db => db.Events.AllAsync(row => row.Status == EventStatus.Done, RuntimeHost.Stop));
        clock.Advance(Past);
        await host.UntilAsync(db => db.Runs.AllAsync(row => row.Status == (int)RunStatus.Finished || row.Status == (int)RunStatus.Cancelled, RuntimeHost.Stop));
        await host.UntilAsync(db => db.Effects.AllAsync(row => row.State >= 2, RuntimeHost.Stop));
        Assert.Equal(text is null ? [] : [text], host.Sms.Ledger.Select(one => one.Text));
        var run = await RunAsync(host);
        Assert.Equal((choice == InsideChoice.Migrate ? 2 : 1, choice == InsideChoice.Cancel ? RunStatus.Cancelled : RunStatus.Finished), (run.FunnelVersion, (RunStatus)run.Status));
        // Its journal tells the whole run, over both versions.
        Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, run.Id, RuntimeHost.Stop))!.Equal);
    }

    [Fact]
    public async Task Migrate_ARunThatHasNotBegun_BeginsOnTheNewVersion()
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartAsync(Delayed("old"), clock: clock);
        await host.MovedAsync(host.AddDeal("Заявка", 500), Funnel.Meeting);
        await PublishAsync(host, Delayed("new"), InsideChoice.Migrate);
        await host.UntilAsync(db => db.Runs.AllAsync(row => row.FunnelVersion == 2, RuntimeHost.Stop));
        clock.Advance(Past);
        await host.UntilAsync(db => db.Runs.AllAsync(row => row.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        Assert.Equal("new", Assert.Single(host.Sms.Ledger).Text);
        Assert.True((await host.Services.GetRequiredService<ReplayService>().ReplayAsync(host.Account, (await RunAsync(host)).Id, RuntimeHost.Stop))!.Equal);
    }

    [Fact]
    public async Task Migrate_ItsStepIsGone_IsFinishedOnTheOldVersionAndSaysSo()
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartAsync(Version("old"), clock: clock);
        await host.MovedAsync(host.AddDeal("Заявка", 500), Funnel.Meeting);
        await PublishAsync(host, Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("new")))), InsideChoice.Migrate);
        await host.UntilAsync(db => db.Journal.AnyAsync(row => row.Kind == "operator" && row.Facts.Contains("step_gone"), RuntimeHost.Stop));
        clock.Advance(Past);
        await host.UntilAsync(db => db.Runs.AllAsync(row => row.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        Assert.Equal("old", Assert.Single(host.Sms.Ledger).Text);
        Assert.Equal(1, (await RunAsync(host)).FunnelVersion);
    }

    [Fact]
    public async Task Publish_ATriggerThatDidNotChange_LeavesItsRunsAlone()
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartAsync(Version("old"), clock: clock);
        await host.MovedAsync(host.AddDeal("Заявка", 500), Funnel.Meeting);
        await PublishAsync(host, Version("old") with { Name = "Другое имя" }, InsideChoice.Cancel);
        clock.Advance(Past);
        await host.UntilAsync(db => db.Runs.AllAsync(row => row.Status == (int)RunStatus.Finished, RuntimeHost.Stop));
        Assert.Single(host.Sms.Ledger);
    }

    private static FunnelDocument Version(string text) => Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Wait, Funnel.Sms(text))));

    private static FunnelDocument Delayed(string text) => Funnel.Of(Funnel.Trigger("waits", Funnel.Entered(Funnel.Meeting) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("1h") } }, Funnel.Flow(Funnel.Sms(text))));

    private static async Task PublishAsync(RuntimeHost host, FunnelDocument document, string choice)
    {
        var service = host.Services.GetRequiredService<FunnelService>();
        var row = await service.SaveDraftAsync(host.Account, document, null, RuntimeHost.Stop);
        await service.PublishAsync(host.Account, row.Id, "Анна", null, choice, null, RuntimeHost.Stop);
        // The host's own may be at it too: by its key each is one event.
        await host.Services.GetRequiredService<InsideDispatcher>().RunAsync(RuntimeHost.Stop);
    }

    private static async Task<RunRow> RunAsync(RuntimeHost host)
    {
        await using var context = await host.OpenAsync();
        return await context.Runs.SingleAsync(RuntimeHost.Stop);
    }
}
