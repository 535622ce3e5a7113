using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;

namespace Automation.Engine.Api.Runs;

/// <param name="Deal">The deal's id; absent for other entities.</param>
/// <param name="Status">running, suspended, finished, faulted, cancelled, quarantined.</param>
public sealed record RunView(
    Guid Id, string Status, string? Deal, string EntityType, string EntityId, Guid ConnectionId, Guid? FunnelId, int? FunnelVersion, string? TriggerId, string? Name, Guid? EventId,
    int Incidents, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? FinishedAt)
{
    internal static RunView Of(RunRow row) => new(
        row.Id, StatusOf(row.Status), Entities.Deal(row), row.EntityType, row.EntityId, row.ConnectionId, row.FunnelId, row.FunnelVersion, row.TriggerId, row.Name, row.EventId,
        row.IncidentCount, row.CreatedAt, row.UpdatedAt, row.FinishedAt);

    internal static string StatusOf(int status) => ((RunStatus)status).ToString().ToLowerInvariant();
}

/// <param name="Waits">What it waits for.</param>
/// <param name="Quarantined">True when its stored state cannot be read (R11).</param>
/// <param name="Place">Where it belongs, by name.</param>
/// <param name="CanHurry">It waits for a time, and a person may let it go on now.</param>
public sealed record RunDetail(
    RunView Run, IReadOnlyList<WaitView> Waits, IReadOnlyList<IncidentView> Incidents, IReadOnlyList<EffectView> Effects, bool Quarantined, Journal.Place? Place = null, string? Connection = null, bool CanHurry = false);

public sealed record WaitView(string Name, DateTimeOffset? Due);

public sealed record IncidentView(string ActivityId, string ActivityType, string Code, string Message, DateTimeOffset At);

/// <param name="State">planned, sending, done, failed, unknown, cancelled.</param>
public sealed record EffectView(
    string Key, string Kind, string Summary, string State, string? Deal, string EntityType, string EntityId, Guid RunId, int Tries, string? Code, string? Message,
    DateTimeOffset PlannedAt, DateTimeOffset? NextTryAt, DateTimeOffset? FinishedAt)
{
    internal static EffectView Of(EffectRow row) => new(
        row.Key, row.Kind, row.Summary, ((Effects.EffectState)row.State).ToString().ToLowerInvariant(), Entities.Deal(row), row.EntityType, row.EntityId, row.RunId, row.Tries,
        row.ErrorCode, row.ErrorMessage, row.PlannedAt, row.NextTryAt, row.FinishedAt);
}

/// <summary>What a person asked of a run is stored, and is done after what its deal has before it.</summary>
/// <param name="EventId">Done when this event is.</param>
public sealed record AskedView(Guid EventId, RunView Run);

/// <param name="As">done, failed or again.</param>
public sealed record DecisionRequest(string? As);

/// <param name="Kind">bookmark, start, begin, date, schedule, arm, retry.</param>
/// <param name="Calendar">The working calendar that moves it; absent for times that none moves.</param>
public sealed record TimerView(Guid Id, string Kind, string? Deal, string EntityType, string EntityId, Guid? RunId, string? TriggerId, DateTimeOffset DueAt, string? Calendar);

internal static class Entities
{
    public static string? Deal(MailboxScoped row) => row.EntityType == Mailboxes.EntityTypes.Deal ? row.EntityId : null;
}
