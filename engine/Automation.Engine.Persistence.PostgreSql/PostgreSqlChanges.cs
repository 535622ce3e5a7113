using System.Net.Sockets;
using Automation.Engine.Persistence.Cluster;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Listens on a connection of its own. A connection that says nothing is asked every second, so that a dead one is found.</summary>
internal sealed class PostgreSqlChanges(string connectionString, TimeProvider clock) : IChangeSource
{
    private const int AskEveryMs = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task ListenAsync(Action<string, Guid> changed, Action missed, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 2 };
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync(settings.ConnectionString, changed, missed, cancellationToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or SocketException or TimeoutException or InvalidOperationException)
            {
                missed();
                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task ListenOnceAsync(string settings, Action<string, Guid> changed, Action missed, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(settings);
        connection.Notification += (_, told) =>
        {
            if (told.Payload.Split(' ') is [var table, var account] && Guid.TryParse(account, out var id)) changed(table, id);
        };
        await connection.OpenAsync(cancellationToken);
        await RunAsync($"LISTEN {ChangeNotices.Channel}");
        missed();
        while (true)
            if (!await connection.WaitAsync(AskEveryMs, cancellationToken)) await RunAsync("SELECT 1");

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
