using System.Globalization;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>How a step's action may be tried again, and how often one was.</summary>
internal static class ResilienceEndpoints
{
    private const int MostListed = 100;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/resilience/strategies", StrategiesAsync);
        elsa.MapGet("/resilience/retries/{activityInstanceId}", RetriesAsync);
    }

    // Each of them suits whatever acts outside; of a category that no activity has there are none.
    private static async Task<IResult> StrategiesAsync(HttpContext context, AccountDirectory accounts, AccountActivityCatalog catalog, string? category)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, null);
        var isKnown = string.IsNullOrEmpty(category) || (await catalog.ReadAsync(context.Account(), context.RequestAborted)).Descriptors.Any(one => one.IsResilient && one.ResilienceCategory == category);
        var items = new JArray(isKnown ? RetryStrategy.All.Select(strategy => View(strategy, english)) : []);
        return new JsonAnswer(new JObject { ["items"] = items, ["count"] = items.Count });
    }

    private static JObject View(RetryStrategy strategy, bool english) => new()
    {
        ["id"] = strategy.Id,
        ["displayName"] = Name(strategy, english),
        ["maxRetryAttempts"] = strategy.Waits.Count,
        ["useJitter"] = strategy.UseJitter,
        ["delays"] = new JArray(strategy.Waits.Select(wait => wait.ToString("c", CultureInfo.InvariantCulture))),
    };

    private static string Name(RetryStrategy strategy, bool english) => strategy.Waits.Count == 0
        ? english ? "Not tried again" : "Не повторять"
        : $"{(english ? "Tried again after" : "Повторить через")} {string.Join(", ", strategy.Waits.Select(wait => Words(wait, english)))}";

    private static async Task<IResult> RetriesAsync(HttpContext context, string activityInstanceId, int? skip, int? take, IDbContextFactory<AutomationDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var (run, execution) = InstanceEndpoints.ExecutionId(activityInstanceId);
        var row = await InstanceEndpoints.FindAsync(db, context, run);
        var effects = await Effects(db, row).Where(effect => effect.ContextId == execution).OrderBy(effect => effect.PlannedAt).ThenBy(effect => effect.Position).ToListAsync(context.RequestAborted);
        var retries = effects.SelectMany(effect => Retries(row, activityInstanceId, effect)).ToList();
        var page = retries.Skip(Math.Max(0, skip ?? 0)).Take(Math.Clamp(take ?? MostListed, 1, MostListed));
        return new JsonAnswer(new JObject { ["items"] = new JArray(page), ["totalCount"] = retries.Count });
    }

    /// <summary>Executions whose action was tried more than once, by their numbers.</summary>
    public static async Task<IReadOnlySet<string>> RetriedAsync(AutomationDbContext db, RunRow run, CancellationToken cancellationToken) =>
        await Effects(db, run).Where(effect => effect.Tries > 1).Select(effect => effect.ContextId).ToHashSetAsync(cancellationToken);

    private static IQueryable<EffectRow> Effects(AutomationDbContext db, RunRow run) => db.Effects.AsNoTracking()
        .Where(effect => effect.AccountId == run.AccountId && effect.ConnectionId == run.ConnectionId && effect.EntityType == run.EntityType && effect.EntityId == run.EntityId && effect.RunId == run.Id);

    // A row keeps how often it was tried and how the last try ended; the waits follow from the plan.
    private static IEnumerable<JObject> Retries(RunRow run, string instance, EffectRow effect)
    {
        var waits = RetryStrategy.Of(effect.Request).Waits;
        return Enumerable.Range(1, Math.Max(0, effect.Tries - 1)).Select(number => Retry(run, instance, effect, number, waits.Count == 0 ? TimeSpan.Zero : waits[Math.Min(number, waits.Count) - 1]));
    }

    private static JObject Retry(RunRow run, string instance, EffectRow effect, int number, TimeSpan wait) => new()
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"{effect.Key}-{number}"),
        ["activityInstanceId"] = instance,
        ["activityId"] = "",
        ["workflowInstanceId"] = run.Id.ToString(),
        ["attemptNumber"] = number,
        ["retryDelay"] = wait.ToString("c", CultureInfo.InvariantCulture),
        ["details"] = number == effect.Tries - 1 ? new JObject { ["Result"] = effect.ErrorMessage ?? ((EffectState)effect.State).ToString() } : new JObject(),
    };

    private static string Words(TimeSpan wait, bool english) =>
        wait.TotalHours >= 1 ? $"{wait.TotalHours:0} {(english ? "h" : "ч")}" : wait.TotalMinutes >= 1 ? $"{wait.TotalMinutes:0} {(english ? "min" : "мин")}" : $"{wait.TotalSeconds:0} {(english ? "s" : "с")}";
}
