using System.Globalization;
using Automation.Testing;

namespace Automation.Server.Tests.Crash;

/// <summary>
/// kill -9 of real processes at named points, again and again, under load: every acknowledged event has its effects, under one key each,
/// in its deal's order, and none before it is due.
/// </summary>
[Collection(KillLane.Name)]
public sealed class KillTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_AtNamedPoints_NothingLostNothingDoubledOrderKept(bool onPostgres) =>
        (await PlayAsync([new("fast", onPostgres, 1, 1, 6, 1)])).Hold();

    /// <summary>
    /// Several installations side by side, on both stores, of one, two and three nodes, a few with the lease of production.
    /// <c>AUTOMATION_KILLS</c> says how many kills in all, <c>AUTOMATION_KILL_SEED</c> draws others, <c>AUTOMATION_KILL_SCENE</c> plays one of them alone.
    /// </summary>
    [Fact]
    [Trait("Lane", "Long")]
    public async Task Kill_ManyTimes_NothingLostNothingDoubledOrderKept()
    {
        var (kills, seed) = (KillLane.Number("AUTOMATION_KILLS", 1_200), KillLane.Number("AUTOMATION_KILL_SEED", 1));
        KillScene[] scenes =
        [
            new("sqlite", false, 1, 1, kills * 6 / 24, seed),
            new("postgresql", true, 1, 1, kills * 6 / 24, seed + 1),
            new("two nodes", true, 2, 1, kills * 6 / 24, seed + 2),
            new("three nodes", true, 3, 1, kills * 5 / 24, seed + 3),
            new("production lease", true, 2, 15, kills / 24, seed + 4),
        ];
        var only = Environment.GetEnvironmentVariable("AUTOMATION_KILL_SCENE");
        KillScene[] chosen = [.. scenes.Where(scene => string.IsNullOrEmpty(only) || scene.Name == only)];
        Assert.NotEmpty(chosen);
        var played = await PlayAsync(chosen);
        var counts = played.Sum;
        LaneCounts.Add(
            ("kills", counts.Kills), ("acknowledged", counts.Acknowledged), ("lost", counts.Lost), ("doubled", counts.Doubled), ("out_of_order", counts.OutOfOrder),
            ("timers_early", counts.TimersEarly), ("timers_lost", counts.TimersLost), ("stale_commits", counts.StaleCommits));
        played.Hold();
    }

    private static async Task<Played> PlayAsync(IReadOnlyList<KillScene> scenes)
    {
        var played = await Task.WhenAll(scenes.Select(async scene =>
        {
            await using var world = await KillWorld.StartAsync(scene, Stop);
            var loop = new KillLoop(world, Stop);
            var counts = await loop.PlayAsync();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scene.Name}: {counts}, {loop.AtPoints} at their points, slowest recovery {loop.Slowest.TotalSeconds:0.0} s"));
            // Also when another scene fails before all are told.
            if (loop.Wrong.Trim() is { Length: > 0 } wrong) Console.WriteLine($"{scene.Name}: {wrong}");
            return (Counts: counts, loop.Wrong);
        }));
        return new(played.Aggregate(KillCounts.None, (all, one) => all + one.Counts), string.Join('\n', played.Select(one => one.Wrong)).Trim());
    }

    private sealed record Played(KillCounts Sum, string Wrong)
    {
        public void Hold()
        {
            Assert.True(Sum.Holds && Wrong.Length == 0, $"{Sum}\n{Wrong}");
            Assert.True(Sum.Acknowledged >= Sum.Kills * 20 && Sum.TimersFired >= Sum.Kills, $"too little happened: {Sum}");
        }
    }
}
