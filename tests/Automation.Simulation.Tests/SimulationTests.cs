using System.Globalization;
using System.Text;
using Automation.Simulation.Tests.Planted;
using Automation.Simulation.Tests.World;
using Automation.Testing;

namespace Automation.Simulation.Tests;

/// <summary>
/// The whole engine under drawn faults, one seed one history. <c>AUTOMATION_SEED=123</c> plays just that one and shows it;
/// <c>AUTOMATION_SEEDS=100000</c> sets how many the long lane plays.
/// </summary>
public sealed class SimulationTests
{
    private const int Listed = 40;

    public static TheoryData<string> Bugs => [.. PlantedBug.All.Select(bug => bug.GetType().Name)];

    private static int? OnlySeed => int.TryParse(Environment.GetEnvironmentVariable("AUTOMATION_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : null;

    [Fact]
    public void Histories_FewSeeds_KeepEveryPromise() => Report(OnlySeed is { } seed ? [seed] : FailingOf(1, 300));

    [Theory]
    [MemberData(nameof(Bugs))]
    public void PlantedBug_SomeSeed_IsFound(string bug)
    {
        var seed = FindingSeed(PlantedBug.All.First(one => one.GetType().Name == bug), 200);
        Assert.True(seed is not null, $"none of 200 seeds finds {bug}");
        Console.WriteLine($"planted {bug}: found by seed {seed.Value.Seed}: {seed.Value.Violation}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(42)]
    public void Seed_PlayedTwice_IsTheSameHistory(int seed)
    {
        var (one, other) = (History.Play(seed, PlantedBug.None, told: true), History.Play(seed, PlantedBug.None, told: true));

        Assert.Equal(one.World.Lines, other.World.Lines);
        Assert.Equal(one.World.Fingerprint, other.World.Fingerprint);
        Assert.NotEqual(one.World.Fingerprint, History.Play(seed + 1, PlantedBug.None).World.Fingerprint);
    }

    [Fact]
    [Trait("Lane", "Long")]
    public void Histories_ManySeeds_KeepEveryPromise()
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("AUTOMATION_SEEDS"), CultureInfo.InvariantCulture, out var asked) ? asked : 5_000;
        var failing = FailingOf(1, seeds);
        var found = PlantedBug.All.Count(bug => FindingSeed(bug, 200) is not null);
        Console.WriteLine($"seeds={seeds} failing={failing.Count} planted_found={found}/{PlantedBug.All.Count}");
        LaneCounts.Add(("seeds", seeds), ("failing", failing.Count), ("planted_found", found), ("planted", PlantedBug.All.Count));
        Report(failing);
        Assert.Equal(PlantedBug.All.Count, found);
    }

    private static List<int> FailingOf(int first, int count)
    {
        var failing = new List<int>();
        Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            if (History.Play(seed, PlantedBug.None).Watch.Violations.Count == 0) return;
            lock (failing) failing.Add(seed);
        });
        failing.Sort();
        return failing;
    }

    private static (int Seed, string Violation)? FindingSeed(PlantedBug bug, int seeds)
    {
        for (var seed = 1; seed <= seeds; seed++)
            if (History.Play(seed, bug).Watch.Violations is [var violation, ..]) return (seed, violation);
        return null;
    }

    /// <summary>Plays the failing ones again, to tell what is broken in each, and what happened in the first of them.</summary>
    private static void Report(List<int> failing)
    {
        var text = new StringBuilder();
        foreach (var seed in failing.Take(Listed))
        {
            var played = History.Play(seed, PlantedBug.None, told: true);
            if (OnlySeed is not null && played.Watch.Violations.Count == 0) Console.WriteLine(string.Join('\n', played.World.Lines));
            if (played.Watch.Violations.Count == 0) continue;
            var trace = text.Length == 0 ? $"\n{played.Plan}\n{string.Join('\n', played.World.Lines)}\n" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"AUTOMATION_SEED={seed}: {string.Join("; ", played.Watch.Violations.Take(5))}{trace}");
        }

        if (text.Length > 0) Assert.Fail($"{failing.Count} seeds fail.\n{text}");
    }
}
