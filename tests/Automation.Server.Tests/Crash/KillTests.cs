using System.Collections.Concurrent;
using Automation.Testing;

namespace Automation.Server.Tests.Crash;

/// <summary>
/// kill -9 of the real process, again and again, under load: every acknowledged event has its effect, under one key, in its deal's order.
/// </summary>
public sealed class KillTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Kill_UnderLoad_NothingLostNothingDoubledOrderKept(bool onPostgres) => KillAsync(onPostgres, 5);

    [Theory]
    [Trait("Lane", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public Task Kill_FiftyTimesUnderLoad_NothingLostNothingDoubledOrderKept(bool onPostgres) => KillAsync(onPostgres, 50);

    private static async Task KillAsync(bool onPostgres, int kills)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var stop = TestContext.Current.CancellationToken;
        using var folder = new TempDirectory();
        var database = onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(stop) : null;
        var ledger = new Ledger();
        await using var outside = await ledger.StartAsync();
        var hooks = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        var token = await CrashShop.SeedAsync(folder, database, outside.Urls.First(), stop);
        List<string> arguments = ["--data", folder.Path, "--url", $"http://127.0.0.1:{ServerProcess.FreePort()}", "--hook-url", hooks];
        if (database is not null) arguments.AddRange(["--postgres", database]);
        var environment = new Dictionary<string, string> { ["Automation__Http__AllowedHosts__0"] = new Uri(outside.Urls.First()).Authority, ["DOTNET_TieredPGO"] = "0" };

        var acknowledged = new ConcurrentDictionary<string, byte>();
        var sent = 0;
        using var client = new HttpClient { BaseAddress = new Uri(hooks), Timeout = TimeSpan.FromSeconds(5) };
        for (var kill = 0; kill < kills; kill++)
        {
            using var server = await ServerProcess.StartAsync(arguments, environment, stop);
            // What the last life left is finished first: cold, a life may die before its first step ends, and R10 rightly gives up what was begun at three deaths.
            await HoldsAsync(server, TimeSpan.FromSeconds(60));
            // Killed in the middle of its work: after a drawn number of acknowledgements, some events still on their way.
            var until = acknowledged.Count + 2 + kill % 7;
            var loads = Enumerable.Range(0, 4).Select(deal => Task.Run(async () =>
            {
                while (acknowledged.Count < until)
                {
                    var number = Interlocked.Increment(ref sent);
                    try
                    {
                        if (await CrashShop.SendAsync(client, token, $"{deal}", number, stop)) acknowledged[$"{deal}:{number}"] = 0;
                    }
                    catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
                    {
                        // Killed, or a connection left over from the life before.
                        if (server.IsDead) return;
                    }
                }
            }, stop)).ToList();
            await Task.WhenAll(loads);
            TestContext.Current.SendDiagnosticMessage("kill {0}: {1} acknowledged", kill + 1, acknowledged.Count);
            server.Kill();
        }

        using (var last = await ServerProcess.StartAsync(arguments, environment, stop)) await HoldsAsync(last, TimeSpan.FromSeconds(90));
        Assert.Empty(ledger.Doubled);
        Assert.Empty(ledger.OutOfOrder);
        Assert.True(acknowledged.Count > kills, $"only {acknowledged.Count} events were acknowledged");

        async Task HoldsAsync(ServerProcess server, TimeSpan limit)
        {
            var missing = await ledger.MissingAsync(acknowledged.Keys.ToHashSet(StringComparer.Ordinal), limit);
            if (missing.Length > 0) Assert.Fail($"lost: {string.Join(", ", missing)}\n{await CrashShop.TellAsync(folder.Path, database, missing, stop)}\n{server.Output}");
        }
    }
}
