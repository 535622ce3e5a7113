using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Testing;
using Npgsql;

namespace Automation.Server.Tests.Setup;

/// <summary>A start beside a PostgreSQL that is not there, not there yet, or refuses.</summary>
public sealed class DatabaseWaitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_NobodyAnswers_SaysWhereAndWhatToDo()
    {
        var port = TestPorts.Next();
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => DatabaseWait.UntilReachableAsync($"Host=127.0.0.1;Port={port};Username=a;Database=a", TimeSpan.Zero, TimeProvider.System, Stop));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_DatabaseIsNotThere_IsToldAtOnce()
    {
        if (PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.Shared!.CreateDatabaseAsync(Stop)) { Database = "no_such_database" };
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => DatabaseWait.UntilReachableAsync(settings.ConnectionString, TimeSpan.FromHours(1), TimeProvider.System, Stop));
        Assert.Contains("3D000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_ServerComesLater_GoesOn()
    {
        if (PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.Shared!.CreateDatabaseAsync(Stop));
        // Behind a door of its own that is closed at first: the first caller is turned away, the second is led in.
        using var door = new TcpListener(IPAddress.Loopback, 0);
        door.Start();
        var waits = DatabaseWait.UntilReachableAsync(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Host = "127.0.0.1", Port = ((IPEndPoint)door.LocalEndpoint).Port }.ConnectionString, TimeSpan.FromMinutes(1), TimeProvider.System, Stop);
        (await door.AcceptTcpClientAsync(Stop)).Dispose();
        using var near = await door.AcceptTcpClientAsync(Stop);
        using var far = new TcpClient();
        await far.ConnectAsync("127.0.0.1", settings.Port, Stop);
        _ = near.GetStream().CopyToAsync(far.GetStream(), Stop);
        _ = far.GetStream().CopyToAsync(near.GetStream(), Stop);
        await waits;
    }
}
