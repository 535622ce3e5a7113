using Automation.Engine.Persistence.PostgreSql;
using Automation.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Automation.Persistence.Tests;

public sealed class DatabaseClockTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clock_OfAMachineThatIsWrong_TellsTheDatabasesTime()
    {
        if (PostgresServer.Shared is not { } postgres) { Assert.Skip(PostgresServer.WhyNot); return; }
        var machine = new FakeTimeProvider(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        using var clock = new DatabaseClock(source, machine);

        var before = await DatabaseTimeAsync(source);
        await clock.FollowAsync(Cancellation);
        var after = await DatabaseTimeAsync(source);

        // The machine's clock stands still, so what is told is the instant of the measurement.
        Assert.InRange(clock.GetUtcNow(), before, after);
        machine.Advance(TimeSpan.FromSeconds(5));
        Assert.InRange(clock.GetUtcNow(), before.AddSeconds(5), after.AddSeconds(5));
    }

    private static async Task<DateTimeOffset> DatabaseTimeAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT clock_timestamp()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(Cancellation))!, TimeSpan.Zero);
    }
}
