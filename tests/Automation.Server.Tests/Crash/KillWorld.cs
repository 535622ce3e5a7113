using System.Globalization;
using System.Net.Sockets;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;

namespace Automation.Server.Tests.Crash;

/// <summary>The servers of a kill scene as processes of their own, on one database, and the ledger of what they call.</summary>
internal sealed class KillWorld : IAsyncDisposable
{
    private readonly TempDirectory folder;
    // A life is too short to win anything by compiling twice.
    private readonly Dictionary<string, string> environment = new()
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountingDelayMs"] = "EA60",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_EnableWriteXorExecute"] = "0",
        ["AUTOMATION_KEY"] = "key_kill-kill-kill-kill-kill",
    };

    private readonly List<IReadOnlyList<string>> arguments = [];
    private readonly List<HttpClient> clients = [];
    private readonly ServerProcess?[] nodes;
    private readonly string[] outputs;
    private WebApplication outside = null!;
    private string token = "";

    private KillWorld(KillScene scene, string? database, TempDirectory folder) =>
        (Scene, Database, this.folder, nodes, outputs) = (scene, database, folder, new ServerProcess?[scene.Nodes], new string[scene.Nodes]);

    public KillScene Scene { get; }

    public KillLedger Ledger { get; } = new();

    public string? Database { get; }

    public string Data => folder.Path;

    public ServerProcess this[int node] => nodes[node]!;

    /// <summary>Prepares database and shop, and starts the nodes. The test is skipped where there is no PostgreSQL.</summary>
    /// <param name="postgres">Another PostgreSQL than the tests' own.</param>
    /// <param name="folder">Another place for its files; goes away with it.</param>
    public static async Task<KillWorld> StartAsync(KillScene scene, CancellationToken stop, PostgresServer? postgres = null, TempDirectory? folder = null)
    {
        if (scene.OnPostgres) postgres ??= PostgresServer.Shared;
        Assert.SkipWhen(scene.OnPostgres && postgres is null, PostgresServer.WhyNot);
        var world = new KillWorld(scene, scene.OnPostgres ? await postgres!.CreateDatabaseAsync(stop) : null, folder ?? new());
        world.outside = await world.Ledger.StartAsync();
        var address = world.outside.Urls.First();
        world.environment["Automation__Http__AllowedHosts__0"] = new Uri(address).Authority;
        world.token = await CrashShop.SeedAsync(world.folder, world.Database, address, stop, KillFunnel.Document(address));
        for (var node = 0; node < scene.Nodes; node++) world.Add();
        for (var node = 0; node < scene.Nodes; node++) await world.StartNodeAsync(node, stop);
        return world;
    }

    public async Task StartNodeAsync(int node, CancellationToken stop) => nodes[node] = await ServerProcess.StartAsync(arguments[node], environment, stop, ServerProcess.KillHost);

    /// <summary>Buries a node that has died, or kills one that has not.</summary>
    /// <returns>True when it had died by itself, at the point it was told.</returns>
    public bool Kill(int node)
    {
        var dead = this[node].IsDead;
        if (!dead) this[node].Kill();
        outputs[node] = this[node].Output;
        this[node].Dispose();
        nodes[node] = null;
        return dead;
    }

    /// <summary>Sends an event to a node. Null when nobody knows whether it was taken, false when it surely was not.</summary>
    public async Task<bool?> SendAsync(int node, string deal, int number, CancellationToken stop)
    {
        try
        {
            Ledger.Sending(deal, number);
            if (!await CrashShop.SendAsync(clients[node], token, deal, number, stop)) return false;
            Ledger.Acknowledged(deal, number);
            return true;
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError == HttpRequestError.ConnectionError ? false : null;
        }
        catch (SocketException)
        {
            return false; // gone between the connection and the first byte
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    public string Outputs => string.Join("\n", nodes.Select((node, i) => string.Create(CultureInfo.InvariantCulture, $"--- node {i}, the life before\n{outputs[i]}\n--- now\n{node?.Output}")));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) node?.Dispose();
        foreach (var client in clients) client.Dispose();
        await outside.DisposeAsync();
        folder.Dispose();
    }

    private void Add()
    {
        var hooks = $"http://127.0.0.1:{TestPorts.Next()}";
        List<string> words = ["--data", folder.Path, "--url", $"http://127.0.0.1:{TestPorts.Next()}", "--hook-url", hooks];
        if (Database is not null)
            words.AddRange(["--postgres", Database, "--cluster-address", $"127.0.0.1:{TestPorts.Next()}", "--lease", Scene.Lease.ToString(CultureInfo.InvariantCulture)]);
        arguments.Add(words);
        clients.Add(new HttpClient { BaseAddress = new Uri(hooks), Timeout = TimeSpan.FromSeconds(8) });
    }
}
