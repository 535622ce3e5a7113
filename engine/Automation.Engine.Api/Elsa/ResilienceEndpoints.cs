using System.Globalization;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Effects;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>How actions are tried again, and how often one was. The plan is one for all; Studio's tab to choose another is off (<see cref="FeatureEndpoints"/>).</summary>
internal static class ResilienceEndpoints
{
    private const int MostListed = 100;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/resilience/strategies", Strategies);
        elsa.MapGet("/resilience/retries/{activityInstanceId}", RetriesAsync);
    }

    private static JsonAnswer Strategies() => new(new JObject
    {
        ["items"] = new JArray(
            new JObject
            {
                ["id"] = "plan",
                ["displayName"] = $"Tried again after {string.Join(", ", RetryPlan.Plan.Select(Words))}, ± 20 %",
                ["maxRetryAttempts"] = RetryPlan.Plan.Count,
                ["useJitter"] = true,
                ["delays"] = new JArray(RetryPlan.Plan.Select(wait => wait.ToString("c", CultureInfo.InvariantCulture))),
            },
            new JObject { ["id"] = "none", ["displayName"] = "Not tried again", ["maxRetryAttempts"] = 0, ["useJitter"] = false, ["delays"] = new JArray() }),
        ["count"] = 2,
    });

    private static async Task<IResult> RetriesAsync(HttpContext context, string activityInstanceId, int? skip, int? take, IDbContextFactory<AutomationDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var (run, execution) = InstanceEndpoints.ExecutionId(activityInstanceId);
        var row = await InstanceEndpoints.FindAsync(db, context, run);
        var effects = await db.Effects.AsNoTracking()
            .Where(effect => effect.AccountId == row.AccountId && effect.ConnectionId == row.ConnectionId && effect.EntityType == row.EntityType && effect.EntityId == row.EntityId && effect.RunId == row.Id && effect.ContextId == execution)
            .OrderBy(effect => effect.PlannedAt).ThenBy(effect => effect.Position).ToListAsync(context.RequestAborted);
        var retries = effects.SelectMany(effect => Retries(row, activityInstanceId, effect)).ToList();
        var page = retries.Skip(Math.Max(0, skip ?? 0)).Take(Math.Clamp(take ?? MostListed, 1, MostListed));
        return new JsonAnswer(new JObject { ["items"] = new JArray(page), ["totalCount"] = retries.Count });
    }

    // A row keeps how often it was tried and how the last try ended; the waits follow from the plan.
    private static IEnumerable<JObject> Retries(RunRow run, string instance, EffectRow effect) => Enumerable.Range(1, Math.Max(0, effect.Tries - 1)).Select(number => new JObject
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"{effect.Key}-{number}"),
        ["activityInstanceId"] = instance,
        ["activityId"] = "",
        ["workflowInstanceId"] = run.Id.ToString(),
        ["attemptNumber"] = number,
        ["retryDelay"] = RetryPlan.Plan[Math.Min(number, RetryPlan.Plan.Count) - 1].ToString("c", CultureInfo.InvariantCulture),
        ["result"] = number == effect.Tries - 1 ? effect.ErrorMessage ?? ((Effects.EffectState)effect.State).ToString() : "",
    });

    private static string Words(TimeSpan wait) => wait.TotalHours >= 1 ? $"{wait.TotalHours:0} h" : wait.TotalMinutes >= 1 ? $"{wait.TotalMinutes:0} min" : $"{wait.TotalSeconds:0} s";
}
