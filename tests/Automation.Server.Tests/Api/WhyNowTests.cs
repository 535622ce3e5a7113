using System.Text;
using Automation.Engine.Api.Journal;
using Automation.Engine.Effects;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Sqlite;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Api;

/// <summary>"It fired, and nothing came": where the run is, and what nothing has looked at yet.</summary>
public sealed class WhyNowTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Deal = "61";

    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Why_RunUnderWay_SaysWhatItWaitsFor()
    {
        var (account, key) = await server.AddAccountAsync("now");
        var (_, token) = await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700500");
        using var api = server.NewClient();
        api.DefaultRequestHeaders.Authorization = new("Bearer", key);
        (await api.PostAsync("/api/funnels/import?publish=true", new StringContent(Crm.Funnel("crm"), Encoding.UTF8, "application/json"), Cancel)).EnsureSuccessStatusCode();
        await HookAsync(Wire.Lead(61));
        await HookAsync(Wire.Lead(61, status: "68120454", updated: 1785312060).Replace("[add]", "[update]", StringComparison.Ordinal));

        Assert.Equal(["ждёт срока"], (await NowAsync("moved", "ru")).Select(now => now.Text));
        Assert.NotNull(Assert.Single(await NowAsync("moved", "en")).At);
        await using (var db = await server.DbAsync())
        {
            var run = await db.Runs.SingleAsync(row => row.AccountId == account.Value && row.TriggerId == "moved", Cancel);
            db.Effects.AddRange(Effect(run, 1, EffectState.Sending), Effect(run, 2, EffectState.Planned), Effect(run, 3, EffectState.Unknown), Effect(run, 4, EffectState.Done));
            var failed = Effect(run, 5, EffectState.Planned);
            (failed.NextTryAt, failed.ErrorMessage, failed.Tries) = (DateTimeOffset.UnixEpoch, "503", 2);
            db.Effects.Add(failed);
            await db.SaveChangesAsync(Cancel);
        }

        var told = await NowAsync("moved", "en");
        Assert.Equal(
            [
                "'SMS 1': no answer yet, it may wait for its turn at the service; begun", "'SMS 2': queues behind other actions of this deal",
                "'SMS 3': nobody knows whether it was done; a person decides", "'SMS 5': failed so far (503), tries: 2; the next one", "waits until its time",
            ], told.Select(now => now.Text));

        async Task HookAsync(string body) => await server.EventDoneAsync((Guid)(await (await server.Client.PostAsync($"/hooks/amocrm/{token}", Wire.Form(body), Cancel)).JsonAsync())["eventId"]!);

        async Task<IReadOnlyList<WhyNow>> NowAsync(string trigger, string language) =>
            (await (await api.GetAsync($"/api/why?deal={Deal}&lang={language}", Cancel)).JsonAsync())["verdicts"]!.Single(one => (string?)one["triggerId"] == trigger)["now"]!.ToObject<List<WhyNow>>()!;
    }

    [Fact]
    public async Task Why_EventThatNothingHasLookedAt_IsTold()
    {
        using var folder = new TempDirectory();
        await using var services = new ServiceCollection().AddPersistence(folder.Path, null).AddSqliteStore(folder.File("automation.db")).BuildServiceProvider();
        await services.GetRequiredService<IStoreSetup>().MigrateAsync(Cancel);
        var contexts = services.GetRequiredService<IDbContextFactory<AutomationDbContext>>();
        var account = new Guid(1, 0, 0, new byte[8]);
        await using (var db = await contexts.CreateDbContextAsync(Cancel))
        {
            db.Mailboxes.Add(new MailboxRow { AccountId = account, EntityType = "deal", EntityId = Deal, LastNumber = 2 });
            foreach (var number in new[] { 1, 2 })
                db.Events.Add(new EventRow { Id = new Guid(number, 0, 0, new byte[8]), AccountId = account, EntityType = "deal", EntityId = Deal, Number = number, Kind = "deal.updated", DedupKey = $"{number}", Payload = "{}", AcceptedAt = DateTimeOffset.UnixEpoch.AddHours(number) });
            await db.SaveChangesAsync(Cancel);
        }

        var why = await new WhyReads(contexts, null!).AskAsync(new(account), Deal, null, null, null, english: true, Cancel);

        Assert.Equal("No trigger has looked at an event of this deal yet.", why.Text);
        Assert.Equal(new WhyNow("Events that no trigger has looked at yet: 2; the first came", DateTimeOffset.UnixEpoch.AddHours(1)), why.Waiting);
    }

    private static EffectRow Effect(RunRow run, int number, EffectState state) => new()
    {
        Key = $"{number}".PadLeft(64, 'e'),
        AccountId = run.AccountId,
        ConnectionId = run.ConnectionId,
        EntityType = run.EntityType,
        EntityId = run.EntityId,
        RunId = run.Id,
        Position = number,
        Kind = "sms",
        Request = "{}",
        Summary = $"SMS {number}",
        ContextId = "",
        Callback = "",
        State = (int)state,
        PlannedAt = DateTimeOffset.UnixEpoch,
    };
}
