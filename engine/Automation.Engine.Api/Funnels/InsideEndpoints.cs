using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>What waits inside triggers that the draft changes.</summary>
/// <param name="Runs">All of it.</param>
public sealed record InsideView(int Runs, IReadOnlyList<InsideCard> Cards);

/// <param name="Change">edited, removed.</param>
/// <param name="Deals">The first of them, longest waiting first.</param>
public sealed record InsideCard(string Trigger, string Name, string Change, int Runs, IReadOnlyList<InsideDeal> Deals);

/// <param name="Deal">Absent for what belongs to no deal.</param>
public sealed record InsideDeal(Guid Run, string? Deal, DateTimeOffset Since, DateTimeOffset? DueAt);

internal static class InsideEndpoints
{
    private const int Shown = 50;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/funnels/{idOrSlug}/inside", ReadAsync).WithSummary("Deals that wait inside triggers whose actions the draft changes: publishing asks what becomes of them").Produces<InsideView>();

    private static async Task<IResult> ReadAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels, IDbContextFactory<AutomationDbContext> contexts)
    {
        var (account, stop) = (context.Account(), context.RequestAborted);
        var funnel = await reads.FindAsync(account, idOrSlug, stop);
        if (funnel.PublishedVersion is not { } version) return new JsonAnswer(new InsideView(0, []));
        var (published, draft) = (await funnels.ExportAsync(account, funnel.Id, version, stop), FunnelJson.Read(funnel.Draft));
        await using var db = await contexts.CreateDbContextAsync(stop);
        var cards = new List<InsideCard>();
        foreach (var trigger in await OpenRuns.TriggersAsync(db, account.Value, funnel.Id, stop))
        {
            var (before, after) = (Find(published, trigger), Find(draft, trigger));
            if (after is not null && (before is null || JToken.DeepEquals(before.Then, after.Then))) continue;
            var inside = OpenRuns.Of(db, account.Value, funnel.Id, trigger);
            if (await inside.CountAsync(stop) is var count && count == 0) continue;
            var runs = await inside.OrderBy(run => run.CreatedAt).Take(Shown).Select(run => new { run.Id, run.EntityType, run.EntityId, run.CreatedAt }).ToListAsync(stop);
            var ids = runs.Select(run => (Guid?)run.Id).ToList();
            var due = (await db.Timers.AsNoTracking().Where(timer => timer.AccountId == account.Value && ids.Contains(timer.RunId)).Select(timer => new { timer.RunId, timer.DueAt }).ToListAsync(stop)).ToLookup(timer => timer.RunId, timer => timer.DueAt);
            cards.Add(new(
                trigger, (after ?? before)?.Name ?? trigger, after is null ? "removed" : "edited", count,
                [.. runs.Select(run => new InsideDeal(run.Id, run.EntityType == EntityTypes.Deal ? run.EntityId : null, run.CreatedAt, due[run.Id].Any() ? due[run.Id].Min() : null))]));
        }

        return new JsonAnswer(new InsideView(cards.Sum(card => card.Runs), cards));
    }

    private static FunnelTrigger? Find(FunnelDocument document, string id) => document.Triggers.FirstOrDefault(trigger => trigger.Id == id);
}
