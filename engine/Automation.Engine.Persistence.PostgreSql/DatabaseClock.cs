using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>
/// The machine's clock set by that of the database, so that all nodes agree on what is due (R7). The difference is measured when the
/// store is prepared and then every 30 s; a difference below the time of the question's round trip is left as it was.
/// </summary>
public sealed class DatabaseClock(NpgsqlDataSource source, TimeProvider machine) : TimeProvider, IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private long difference; // ticks
    private ITimer? timer;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow().AddTicks(Volatile.Read(ref difference));

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Measures, and goes on measuring until disposed.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await MeasureAsync(cancellationToken);
        timer ??= machine.CreateTimer(_ => _ = MeasureQuietlyAsync(), null, Every, Every);
    }

    public void Dispose() => timer?.Dispose();

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var asked = machine.GetUtcNow();
        var told = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
        var half = (machine.GetUtcNow() - asked) / 2;
        var measured = (new DateTimeOffset(told, TimeSpan.Zero) - (asked + half)).Ticks;
        if (Math.Abs(measured - Volatile.Read(ref difference)) > half.Ticks) Volatile.Write(ref difference, measured);
    }

    private async Task MeasureQuietlyAsync()
    {
        try
        {
            await MeasureAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            // The database does not answer: what was measured last stays.
        }
    }
}
