using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

internal static class PoolSize
{
    /// <summary>Limits the pool where the operator has not. More connections than that make a database slower, not faster.</summary>
    public static NpgsqlConnectionStringBuilder AtMost(int connections, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = Math.Max(connections, settings.MinPoolSize);
        return settings;
    }
}
