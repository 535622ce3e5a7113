using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Automation.Testing;

/// <summary>
/// A private PostgreSQL for tests, started from the installed binaries on a free loopback port with its normal durability; or the server
/// that <c>AUTOMATION_TEST_POSTGRES</c> (a connection string of a user who may create databases) names. One per test process:
/// <see cref="Shared"/>. Stopped and removed when the process ends, also when it is killed.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    public const string Variable = "AUTOMATION_TEST_POSTGRES";

    private static readonly Lazy<PostgresServer?> One = new(Start);
    private static int databases;
    private readonly string? directory;
    private readonly string? binaries;
    private readonly string options;
    private int stopped;

    private PostgresServer(string connectionString, string? directory, string? binaries, string options = "") =>
        (ConnectionString, this.directory, this.binaries, this.options) = (connectionString, directory, binaries, options);

    /// <summary>The process's server, started at the first call; null when there is none to start: skip with <see cref="WhyNot"/>.</summary>
    public static PostgresServer? Shared => One.Value;

    public const string WhyNot = $"No PostgreSQL: neither installed under /usr/lib/postgresql nor named by {Variable}.";

    /// <summary>To the maintenance database.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes a database: empty, or a copy of <paramref name="template"/>. Returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken, string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}");
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand($"CREATE DATABASE {name} TEMPLATE {template ?? "template0"}");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>A second server, for tests that stop it; null where none is installed.</summary>
    public static PostgresServer? StartOwn() => PostgresBinaries.Find() is { } binaries ? Start(binaries) : null;

    /// <summary>Stops it; only for one that <see cref="StartOwn"/> gave.</summary>
    /// <param name="mode">fast: clients are sent away; immediate: as after a power cut.</param>
    public void Stop(string mode) => PostgresBinaries.Run($"{binaries}/pg_ctl", "stop", "-D", $"{directory}/data", "-m", mode, "-w");

    /// <summary>Starts it again, on the same port with the same data.</summary>
    public void StartAgain() => PostgresBinaries.Run($"{binaries}/pg_ctl", "start", "-w", "-D", $"{directory}/data", "-l", $"{directory}/log", "-o", options);

    public void Dispose()
    {
        if (directory is null || Interlocked.Exchange(ref stopped, 1) == 1) return;
        PostgresBinaries.Run($"{binaries}/pg_ctl", "stop", "-D", $"{directory}/data", "-m", "immediate", "-w");
        Directory.Delete(directory, recursive: true);
    }

    private static PostgresServer? Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return new(given, null, null);
        return StartOwn();
    }

    private static PostgresServer Start(string binaries)
    {
        var directory = Directory.CreateTempSubdirectory("automation-pg-").FullName;
        if (PostgresBinaries.NeedsOtherUser) PostgresBinaries.Run("chown", "postgres", directory);
        var port = TestPorts.Next();
        PostgresBinaries.Run($"{binaries}/initdb", "-D", $"{directory}/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        PostgresBinaries.CleanUpAfterThisProcess($"{binaries}/pg_ctl", directory);
        var server = new PostgresServer(
            $"Host=127.0.0.1;Port={port.ToString(CultureInfo.InvariantCulture)};Username=postgres;Database=postgres", directory, binaries,
            $"-p {port.ToString(CultureInfo.InvariantCulture)} -c listen_addresses=127.0.0.1 -c unix_socket_directories={directory} -c max_connections=400"); // eight servers of kill scenes side by side
        server.StartAgain();
        return server;
    }
}
