using System.Globalization;
using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Funnels;

/// <summary>Counts what goes on under a board: what has happened from the sums of the journal, what stands in rows by an index.</summary>
public sealed class NumbersReads(IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, TimeProvider clock)
{
    private const int Faulted = (int)RunStatus.Faulted;
    private const int Quarantined = (int)RunStatus.Quarantined;
    private const int Suspended = (int)RunStatus.Suspended;
    private const int MostStays = 1_000;
    private static readonly TimeSpan StaysOf = TimeSpan.FromDays(30);

    /// <param name="days">Today and so many days before it, less one: 1 is today alone.</param>
    public async Task<BoardNumbers> ReadAsync(AccountId account, FunnelRow funnel, int days, CancellationToken cancellationToken)
    {
        var document = FunnelJson.Read(funnel.Draft);
        var zone = (await accounts.GetAsync(account, cancellationToken)).TimeZone;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return new(days, await StagesAsync(context, funnel, document, Midnight(today, zone), cancellationToken), await CardsAsync(context, funnel, document, today.AddDays(1 - days), zone, cancellationToken));
    }

    private async Task<IReadOnlyList<StageNumbers>> StagesAsync(AutomationDbContext context, FunnelRow funnel, FunnelDocument document, DateTimeOffset today, CancellationToken cancellationToken)
    {
        var (account, connection) = (funnel.AccountId, funnel.ConnectionId);
        var pipelines = document.Stages.Select(stage => stage.Ref.PipelineId).Distinct().ToList();
        var deals = await context.Mailboxes.Where(row => row.AccountId == account && row.ConnectionId == connection && row.StageId != null && pipelines.Contains(row.PipelineId!))
            .GroupBy(row => new { row.PipelineId, row.StageId }).Select(group => new { group.Key.PipelineId, group.Key.StageId, Count = group.Count() }).ToListAsync(cancellationToken);
        var failed = await (
            from run in context.Runs.Where(row => row.AccountId == account && (row.Status == Faulted || row.Status == Quarantined) && row.FunnelId == funnel.Id && row.UpdatedAt >= today)
            join mailbox in context.Mailboxes on new { run.AccountId, run.ConnectionId, run.EntityType, run.EntityId } equals new { mailbox.AccountId, mailbox.ConnectionId, mailbox.EntityType, mailbox.EntityId }
            group run by new { mailbox.PipelineId, mailbox.StageId } into runs
            select new { runs.Key.PipelineId, runs.Key.StageId, Count = runs.Count() }).ToListAsync(cancellationToken);
        var stages = new List<StageNumbers>();
        foreach (var stage in document.Stages.Select(stage => stage.Ref).Distinct())
        {
            stages.Add(new(
                stage.ToString(), deals.Find(row => row.PipelineId == stage.PipelineId && row.StageId == stage.StageId)?.Count ?? 0,
                await MedianAsync(context, funnel, stage, cancellationToken), failed.Find(row => row.PipelineId == stage.PipelineId && row.StageId == stage.StageId)?.Count ?? 0));
        }

        return stages;
    }

    private async Task<double?> MedianAsync(AutomationDbContext context, FunnelRow funnel, StageRef stage, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - StaysOf;
        var stays = await context.StageVisits.Where(row => row.AccountId == funnel.AccountId && row.ConnectionId == funnel.ConnectionId && row.PipelineId == stage.PipelineId && row.StageId == stage.StageId && row.LeftAt >= since)
            .OrderByDescending(row => row.LeftAt).Select(row => new { row.EnteredAt, row.LeftAt }).Take(MostStays).ToListAsync(cancellationToken);
        if (stays.Count == 0) return null;
        var lengths = stays.Select(stay => (stay.LeftAt!.Value - stay.EnteredAt).TotalSeconds).Order().ToList();
        return lengths.Count % 2 == 1 ? lengths[lengths.Count / 2] : (lengths[lengths.Count / 2 - 1] + lengths[lengths.Count / 2]) / 2;
    }

    private static async Task<IReadOnlyList<CardNumbers>> CardsAsync(AutomationDbContext context, FunnelRow funnel, FunnelDocument document, DateOnly from, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var (triggers, first, begin) = (document.Triggers.Select(trigger => trigger.Id).ToList(), from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Midnight(from, zone));
        var sums = await context.TriggerDays.Where(row => row.AccountId == funnel.AccountId && row.FunnelId == funnel.Id && row.Day.CompareTo(first) >= 0)
            .GroupBy(row => row.TriggerId).Select(group => new { Trigger = group.Key, Passed = group.Sum(row => row.Passed), Fired = group.Sum(row => row.Fired), Skipped = group.Sum(row => row.Skipped) }).ToDictionaryAsync(row => row.Trigger, StringComparer.Ordinal, cancellationToken);
        var runs = context.Runs.Where(row => row.AccountId == funnel.AccountId && row.FunnelId == funnel.Id && triggers.Contains(row.TriggerId!));
        var waiting = await CountAsync(runs.Where(row => row.Status == Suspended), cancellationToken);
        var failed = await CountAsync(runs.Where(row => (row.Status == Faulted || row.Status == Quarantined) && row.CreatedAt >= begin), cancellationToken);
        return
        [
            .. triggers.Distinct(StringComparer.Ordinal).Select(trigger =>
            {
                var sum = sums.GetValueOrDefault(trigger);
                return new CardNumbers(trigger, sum?.Passed ?? 0, sum?.Fired ?? 0, sum?.Skipped ?? 0, failed.GetValueOrDefault(trigger), waiting.GetValueOrDefault(trigger));
            }),
        ];
    }

    private static Task<Dictionary<string, int>> CountAsync(IQueryable<RunRow> runs, CancellationToken cancellationToken) =>
        runs.GroupBy(row => row.TriggerId!).Select(group => new { Trigger = group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Trigger, row => row.Count, StringComparer.Ordinal, cancellationToken);

    private static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var wall = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(wall)) wall = wall.AddMinutes(15);
        return new DateTimeOffset(wall, zone.GetUtcOffset(wall)).ToUniversalTime();
    }
}
