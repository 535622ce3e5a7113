using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Hosting.Projections;
using Automation.Engine.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>The counters of cards and the stays in stages are what the journal tells, however often their reader is interrupted.</summary>
public sealed class NumbersTests
{
    private static readonly string[] Stages = [Funnel.New, Funnel.Qualified, Funnel.Meeting, "68120462", "142"];

    private static readonly FunnelDocument Counted = Funnel.Of(
        Funnel.Trigger("dear", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Note("x")), "[deal.price] > 100", Reentry.EveryTime),
        Funnel.Trigger("once", Funnel.Entered(Funnel.Qualified, Funnel.Meeting), Funnel.Flow(Funnel.Note("y")), reentry: Reentry.OnceEver),
        Funnel.Trigger("later", Funnel.Entered(Funnel.New) with { Timing = new() { Kind = TimingKind.After, Delay = TimeLength.Parse("5m") } }, Funnel.Flow(Funnel.Note("z")), reentry: Reentry.EveryTime, onLeave: OnLeave.Finish));

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public async Task Read_AnyHistoryInAnyChunks_AddsUpToTheJournal(bool onPostgres, int seed)
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartOnAsync(Counted, onPostgres, clock, Alone);
        var expected = await LiveAsync(host, clock, new Random(seed));
        clock.Advance(NumbersReader.Behind + TimeSpan.FromSeconds(1));

        // A reader that begins anew before each chunk, and another at the same time.
        bool more;
        do
        {
            var two = await Task.WhenAll(TryAsync(Reader(host, clock, 3), host), TryAsync(Reader(host, clock, 4), host));
            more = two.Any(one => one);
        }
        while (more || await Reader(host, clock, 3).TakeAsync(host.Account.Value, RuntimeHost.Stop));

        await AssertAsync(host, expected);
        // From the beginning, in one go: the same.
        await using (var context = await host.OpenAsync())
        {
            await context.Projections.ExecuteDeleteAsync(RuntimeHost.Stop);
            await context.TriggerDays.ExecuteDeleteAsync(RuntimeHost.Stop);
            await context.StageVisits.ExecuteDeleteAsync(RuntimeHost.Stop);
        }

        await Reader(host, clock, 1_000).RunAsync(RuntimeHost.Stop);
        await AssertAsync(host, expected);
    }

    [Fact]
    public async Task Read_RowsOfTheLastSeconds_AreLeftForLater()
    {
        var clock = new JumpingClock();
        await using var host = await RuntimeHost.StartAsync(Counted, clock: clock, services: Alone);
        await host.MovedAsync(host.AddDeal("А", 500), Funnel.Meeting);
        var reader = Reader(host, clock, 100);
        await reader.RunAsync(RuntimeHost.Stop);
        await using var context = await host.OpenAsync();
        Assert.False(await context.TriggerDays.AnyAsync(RuntimeHost.Stop));
        clock.Advance(NumbersReader.Behind + TimeSpan.FromSeconds(1));
        await reader.RunAsync(RuntimeHost.Stop);
        Assert.True(await context.TriggerDays.AnyAsync(row => row.TriggerId == "dear" && row.Fired == 1, RuntimeHost.Stop));
    }

    /// <summary>Deals go through the stages in any order, never back: the CRM tells the same move within a second once.</summary>
    /// <returns>Where each deal has been, in order.</returns>
    private static async Task<Dictionary<string, List<string>>> LiveAsync(RuntimeHost host, JumpingClock clock, Random random)
    {
        var (ways, been) = (new Dictionary<string, Queue<string>>(StringComparer.Ordinal), new Dictionary<string, List<string>>(StringComparer.Ordinal));
        for (var number = 0; number < 5; number++)
        {
            var way = Stages.ToArray();
            random.Shuffle(way);
            var id = "";
            await host.ChangedAsync(() => id = $"{host.AddDeal($"С{number}", random.Next(2) * 500, way[0])}");
            (ways[id], been[id]) = (new(way[1..]), [way[0]]);
        }

        while (ways.Where(one => one.Value.Count > 0).Select(one => one.Key).ToList() is { Count: > 0 } left)
        {
            var deal = left[random.Next(left.Count)];
            var next = ways[deal].Dequeue();
            await host.MovedAsync(long.Parse(deal, System.Globalization.CultureInfo.InvariantCulture), next);
            been[deal].Add(next);
            if (random.Next(4) == 0) clock.Advance(TimeSpan.FromMinutes(6));
        }

        return been;
    }

    private static async Task AssertAsync(RuntimeHost host, Dictionary<string, List<string>> been)
    {
        await using var context = await host.OpenAsync();
        var told = (await context.Journal.AsNoTracking().Where(row => row.Kind == "event").ToListAsync(RuntimeHost.Stop)).Select(row => JObject.Parse(row.Facts)).Where(facts => (string?)facts["kind"] != "due")
            .SelectMany(facts => facts["verdicts"] ?? new JArray()).ToList();
        foreach (var trigger in Counted.Triggers.Select(one => one.Id))
        {
            var own = told.Where(verdict => (string?)verdict["trigger"] == trigger).Select(verdict => (string)verdict["reason"]!).ToList();
            var (fired, skipped) = (own.Count(reason => reason is "fired" or "scheduled"), own.Count(reason => reason is "condition_false" or "already_ever"));
            var days = await context.TriggerDays.AsNoTracking().Where(row => row.TriggerId == trigger).ToListAsync(RuntimeHost.Stop);
            Assert.Equal((fired + skipped, fired, skipped), (days.Sum(row => row.Passed), days.Sum(row => row.Fired), days.Sum(row => row.Skipped)));
        }

        foreach (var (deal, stages) in been)
        {
            var stays = await context.StageVisits.AsNoTracking().Where(row => row.EntityId == deal).OrderBy(row => row.EnteredAt).ToListAsync(RuntimeHost.Stop);
            Assert.Equal(stages, stays.Select(row => row.StageId));
            Assert.Equal(stays.Skip(1).Select(row => (DateTimeOffset?)row.EnteredAt).Append(null), stays.Select(row => row.LeftAt));
            Assert.All(stays, stay => Assert.True(stay.Price is 0 or 500, "the budget when it came in"));
        }
    }

    private static NumbersReader Reader(RuntimeHost host, TimeProvider clock, int chunk) => new(
        host.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>(), host.Services.GetRequiredService<AccountDirectory>(), host.Services.GetRequiredService<ClusterDuties>(), host.Services.GetRequiredService<RuntimeGate>(), clock, NullLogger<NumbersReader>.Instance)
    { Chunk = chunk };

    // Of two that begin at once, the store may refuse one: it keeps nothing then.
    private static async Task<bool> TryAsync(NumbersReader reader, RuntimeHost host)
    {
        try
        {
            return await reader.TakeAsync(host.Account.Value, RuntimeHost.Stop);
        }
        catch (DbUpdateException)
        {
            return true;
        }
    }

    /// <summary>The test reads by itself.</summary>
    private static void Alone(IServiceCollection services) => services.Remove(services.Last(service => service.ServiceType == typeof(IHostedService) && service.ImplementationFactory?.Method.ReturnType == typeof(NumbersReader)));
}
