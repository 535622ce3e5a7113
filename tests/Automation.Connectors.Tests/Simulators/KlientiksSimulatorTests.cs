using Automation.Simulators;
using Automation.Simulators.Klientiks;
using Automation.Simulators.Seed;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Connectors.Tests.Simulators;

public sealed class KlientiksSimulatorTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 9, 10, 7, 0, 0, TimeSpan.Zero));
    private readonly HttpClient http = new();
    private readonly HookReceiver receiver = new();
    private readonly KlientiksSimulator klientiks;
    private SimulatorHost host = null!;
    private KlientiksClient client = null!;

    public KlientiksSimulatorTests() => klientiks = new KlientiksSimulator(new KlientiksOptions { Clock = clock });

    public async ValueTask InitializeAsync()
    {
        host = await SimulatorHost.StartAsync([klientiks], receiver.Map, TestContext.Current.CancellationToken);
        SandboxSeed.BookingDirectory(klientiks);
        client = klientiks.AddClient(new KlientiksClient(501, "Анна", "Смирнова", "79161234501"));
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        klientiks.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Add_TakesDayAndTimeApart_EditTakesThemTogether()
    {
        var added = await AddAsync("2026-09-14");
        var id = (long)added["object"]!["id"]!;
        Assert.Equal("2026-09-14 15:30:00", (string?)added["object"]!["start_datetime"]);
        Assert.NotNull((await AddAsync("2026-09-14 15:30:00"))["errors"]!["start_datetime"]);

        var edited = await PostAsync("edit", new() { ["id"] = $"{id}", ["start_datetime"] = "2026-09-15 11:00:00", ["finish_datetime"] = "2026-09-15 11:45:00" });
        var dayOnly = await PostAsync("edit", new() { ["id"] = $"{id}", ["start_datetime"] = "2026-09-15" });

        Assert.Equal("ok", (string?)edited["status"]);
        Assert.NotNull(dayOnly["errors"]!["start_datetime"]);
        Assert.Equal(new DateTime(2026, 9, 15, 11, 0, 0), klientiks.Visits.Single().Start);
    }

    [Fact]
    public async Task Add_SlotTaken_IsRefusedInTheBody()
    {
        await AddAsync("2026-09-14");

        var second = await AddAsync("2026-09-14");

        Assert.False((bool)second["status"]!);
        Assert.Equal("time is taken", (string?)second["errors"]!["start_datetime"]![0]);
    }

    [Fact]
    public async Task Hook_Twice_IsAHintWithIdsOnly()
    {
        klientiks.Switches.HookCopies = 2;
        klientiks.Hooks.AddTarget(new Uri(host.Address, "hook"));

        var visit = klientiks.AddVisit(new KlientiksVisit(0, 0, client.Id, SandboxIds.ExecutorAnna, new(2026, 9, 14, 15, 0, 0), new(2026, 9, 14, 16, 0, 0), "scheduled"));

        Assert.Equal($"?visit={visit.Id}&client=501", (await receiver.NextAsync())[0]);
        Assert.Equal($"?visit={visit.Id}&client=501", (await receiver.NextAsync())[0]);
    }

    private Task<JObject> AddAsync(string day) => PostAsync("add", new()
    {
        ["client_id"] = "501",
        ["executor_id"] = "11",
        ["status"] = "scheduled",
        ["start_datetime"] = day,
        ["start_time"] = "15:30:00",
        ["finish_datetime"] = "2026-09-14",
        ["finish_time"] = "16:15:00",
        ["appointed_services"] = "[22]",
    });

    private async Task<JObject> PostAsync(string action, Dictionary<string, string> form)
    {
        var options = klientiks.Options;
        var path = $"clientix/Restapi/{action}/a/{options.AccountId}/u/{options.UserId}/t/{options.Token}/m/Appointments/";
        using var content = new FormUrlEncodedContent(form);
        var answer = await http.PostAsync(new Uri(host.Address, path), content, TestContext.Current.CancellationToken);
        return JObject.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
