using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>The connections of the hot path, apart from EF's.</summary>
internal sealed class EngineDataSource(string connectionString) : IAsyncDisposable, IDisposable
{
    // Every statement here looks rows up by key. Plans made while a new database is empty would scan whole tables until the first ANALYZE; compiling such plans takes longer than running them.
    private const string Planner = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off";

    // Between its two round trips a transaction here waits for nothing.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(Settings(connectionString));

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static NpgsqlConnectionStringBuilder Settings(string connectionString)
    {
        var settings = PoolSize.AtMost(24, connectionString, Idle);
        if (settings.MaxAutoPrepare == 0) (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (100, 2);
        settings.Options = $"{settings.Options} {Planner}".Trim();
        settings.NoResetOnClose = true; // Nothing here changes the session.
        return settings;
    }
}
