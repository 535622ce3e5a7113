using System.Globalization;
using System.Net.Sockets;
using Automation.Server.Tests.Crash;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;

namespace Automation.Server.Tests.Cluster;

/// <summary>Servers of their own processes on one PostgreSQL, a shop that sends them hooks, and the ledger of what they call.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly TempDirectory folder = new();
    private readonly Dictionary<string, string> environment = new() { ["DOTNET_TieredPGO"] = "0", ["AUTOMATION_KEY"] = Key };
    private readonly List<IReadOnlyList<string>> arguments = [];
    private readonly List<HttpClient> clients = [];
    private readonly List<ServerProcess?> nodes = [];
    private WebApplication outside = null!;

    public const string Key = "key_cluster-cluster-cluster";

    public Ledger Ledger { get; } = new();

    public string Database { get; private set; } = "";

    public string Token { get; private set; } = "";

    public string Outside => outside.Urls.First();

    public string Data => folder.Path;

    public int Count => nodes.Count;

    public ServerProcess this[int node] => nodes[node] ?? throw new InvalidOperationException($"Node {node} does not run.");

    /// <summary>Prepares database and shop; starts nothing yet. The test is skipped where there is no PostgreSQL.</summary>
    public static async Task<TestCluster> PrepareAsync(int nodes, double leaseSeconds, CancellationToken stop)
    {
        Assert.SkipWhen(PostgresServer.Shared is null, PostgresServer.WhyNot);
        var cluster = new TestCluster { Database = await PostgresServer.Shared!.CreateDatabaseAsync(stop) };
        cluster.outside = await cluster.Ledger.StartAsync();
        cluster.environment["Automation__Http__AllowedHosts__0"] = new Uri(cluster.Outside).Authority;
        cluster.Token = await CrashShop.SeedAsync(cluster.folder, cluster.Database, cluster.Outside, stop);
        for (var node = 0; node < nodes; node++) cluster.Add(leaseSeconds);
        return cluster;
    }

    /// <summary>Prepares, and starts the nodes one after another.</summary>
    public static async Task<TestCluster> StartAsync(int nodes, double leaseSeconds, CancellationToken stop)
    {
        var cluster = await PrepareAsync(nodes, leaseSeconds, stop);
        for (var node = 0; node < nodes; node++) await cluster.StartNodeAsync(node, stop);
        return cluster;
    }

    public async Task StartNodeAsync(int node, CancellationToken stop) => nodes[node] = await ServerProcess.StartAsync(arguments[node], environment, stop);

    /// <summary>kill -9.</summary>
    public void Kill(int node)
    {
        this[node].Kill();
        this[node].Dispose();
        nodes[node] = null;
    }

    /// <summary>SIGTERM; returns when it has gone.</summary>
    public async Task StopNodeAsync(int node, CancellationToken stop)
    {
        this[node].Signal("TERM");
        await this[node].ExitedAsync(stop);
        Assert.Equal(0, this[node].ExitCode);
        nodes[node] = null;
    }

    /// <summary>True when acknowledged, null when nobody knows, false when surely not taken.</summary>
    public async Task<bool?> SendAsync(int node, string deal, int number, CancellationToken stop)
    {
        try
        {
            return await CrashShop.SendAsync(clients[node], Token, deal, number, stop);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return false; // dead: what it has not stored it never will
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>What a hook without body is answered.</summary>
    public async Task<System.Net.HttpStatusCode> StatusAsync(int node, CancellationToken stop)
    {
        using var answer = await clients[node].PostAsync(new Uri($"/hooks/generic/{Token}", UriKind.Relative), null, stop);
        return answer.StatusCode;
    }

    public string Outputs => string.Join("\n", nodes.Select((node, i) => string.Create(CultureInfo.InvariantCulture, $"--- node {i}\n{node?.Output}")));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) node?.Dispose();
        foreach (var client in clients) client.Dispose();
        await outside.DisposeAsync();
        folder.Dispose();
    }

    private void Add(double leaseSeconds)
    {
        var hooks = $"http://127.0.0.1:{TestPorts.Next()}";
        arguments.Add([
            "--data", folder.Path, "--url", $"http://127.0.0.1:{TestPorts.Next()}", "--hook-url", hooks, "--postgres", Database,
            "--cluster-address", $"127.0.0.1:{TestPorts.Next()}", "--lease", leaseSeconds.ToString(CultureInfo.InvariantCulture)]);
        clients.Add(new HttpClient { BaseAddress = new Uri(hooks), Timeout = TimeSpan.FromSeconds(8) });
        nodes.Add(null);
    }
}
