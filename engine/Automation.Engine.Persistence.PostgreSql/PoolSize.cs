using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

internal static class PoolSize
{
    // A machine that is gone without a word is noticed within half a minute; the system's default is two hours.
    private const string KeepAlive = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    /// <summary>Limits the pool where the operator has not. More connections than that make a database slower, not faster.</summary>
    /// <param name="idle">
    /// The server ends a session that does nothing for so long within a transaction: one of a process that is paused, or whose machine is
    /// gone, must not keep its locks from the others.
    /// </param>
    public static NpgsqlConnectionStringBuilder AtMost(int connections, string connectionString, TimeSpan idle)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = Math.Max(connections, settings.MinPoolSize);
        settings.Options = FormattableString.Invariant($"{settings.Options} {KeepAlive} -c idle_in_transaction_session_timeout={idle.TotalMilliseconds:0}").Trim();
        return settings;
    }
}
