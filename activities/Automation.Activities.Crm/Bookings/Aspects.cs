using System.Globalization;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

/// <summary>What is kept equal on both sides, and where a difference is to go.</summary>
internal static class Aspects
{
    public const string Start = "start";
    public const string State = "state";
    public const string Executor = "executor";
    public const string Service = "service";

    public enum Move { None, ToVisit, ToDeal }

    /// <summary>
    /// Whoever changed since the two last agreed is written to the other; when both did, the rule decides. Equal values and
    /// differences that nobody made are left alone: so a write has no echo.
    /// </summary>
    public static Move Decide(bool equal, bool dealChanged, bool visitChanged, bool bookingWins) => (equal, dealChanged, visitChanged) switch
    {
        (true, _, _) => Move.None,
        (_, true, false) => Move.ToVisit,
        (_, false, true) => Move.ToDeal,
        (_, true, true) => bookingWins ? Move.ToDeal : Move.ToVisit,
        _ => Move.None,
    };

    public static string? Text(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static JObject Of(DealView deal) => new()
    {
        [Start] = Text(deal.Start),
        [State] = $"{deal.PipelineId}/{deal.StageId}",
        [Executor] = deal.Executor,
        [Service] = deal.Service,
    };

    public static JObject Of(Visit visit) => new()
    {
        [Start] = Text(visit.Start),
        [State] = visit.State.ToString(),
        [Executor] = visit.ExecutorId,
        [Service] = visit.ServiceIds.Count > 0 ? visit.ServiceIds[0] : null,
    };
}

/// <summary>What of a deal takes part.</summary>
internal sealed record DealView(
    string Id, string? PipelineId, string? StageId, DateTimeOffset? Start, string? Executor, string? Service, string? VisitId, DateTimeOffset? UpdatedAt, JObject Entity);

/// <summary>What both sides were when they last agreed, as kept with the link.</summary>
internal sealed record Agreement(JObject Deal, JObject Visit)
{
    public bool DealChanged(JObject now, string aspect) => (string?)Deal[aspect] != (string?)now[aspect];

    public bool VisitChanged(JObject now, string aspect) => (string?)Visit[aspect] != (string?)now[aspect];

    public void Settle(string aspect, string? deal, string? visit)
    {
        Deal[aspect] = deal;
        Visit[aspect] = visit;
    }

    public JObject ToJson() => new() { ["deal"] = Deal.DeepClone(), ["visit"] = Visit.DeepClone() };

    public static Agreement? From(JToken? data) =>
        data is JObject { } json && json["deal"] is JObject deal && json["visit"] is JObject visit ? new((JObject)deal.DeepClone(), (JObject)visit.DeepClone()) : null;
}
