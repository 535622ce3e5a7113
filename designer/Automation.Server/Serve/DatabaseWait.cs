using System.Globalization;
using Automation.Server.CommandLine;
using Npgsql;

namespace Automation.Server.Serve;

/// <summary>A server that starts beside its PostgreSQL waits for it, and says so; what waiting cannot mend is told at once.</summary>
public static class DatabaseWait
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="limit">How long it is waited for.</param>
    /// <exception cref="CommandFailedException">It does not answer in time, or refuses the name, the password or the database.</exception>
    public static async Task UntilReachableAsync(string connectionString, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        // One attempt each: no pool is left behind that has seen a refusal.
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 5 };
        var place = string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}");
        for (var (began, told) = (clock.GetTimestamp(), false); ; told = true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (PostgresException e) when (!e.IsTransient && !e.SqlState.StartsWith("57P", StringComparison.Ordinal))
            {
                throw new CommandFailedException($"--postgres: PostgreSQL at {place} refuses the connection: {e.MessageText} ({e.SqlState}).");
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                if (clock.GetElapsedTime(began) >= limit) throw new CommandFailedException($"--postgres: PostgreSQL at {place} does not answer: {e.Message} Start it, or correct the address.");
                if (!told) Console.WriteLine($"  Waiting for PostgreSQL at {place} …");
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }
}
