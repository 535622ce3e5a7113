using System.Net;
using System.Net.Sockets;
using Automation.Testing;

namespace Automation.Server.Tests.Setup;

/// <summary>The commonest mistake of a first start: something listens there already.</summary>
public sealed class TakenPortTests
{
    [Fact]
    public async Task Start_PortIsTaken_SaysWhichAndWhatToDo()
    {
        using var folder = new TempDirectory();
        using var other = new TcpListener(IPAddress.Loopback, TestPorts.Next());
        other.Start();
        var taken = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(
            ["--data", folder.Path, "--url", taken, "--hook-url", $"http://127.0.0.1:{TestPorts.Next()}"], new Dictionary<string, string>(), TestContext.Current.CancellationToken));

        Assert.Contains("address_in_use", refused.Message, StringComparison.Ordinal);
        Assert.Contains(taken, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--url", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("database", refused.Message, StringComparison.OrdinalIgnoreCase);
    }
}
