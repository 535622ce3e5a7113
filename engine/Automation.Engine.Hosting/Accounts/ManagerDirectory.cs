using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Managers;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Staff;
using Automation.Engine.Ports;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Accounts;

/// <summary>
/// Reserves managers. Reservations of an account are made one after another: committed rows and those still on their way to their
/// commit are counted together, so nobody gets a deal computed from a stale load (SD-6).
/// </summary>
public sealed class ManagerDirectory(ManagerStore store, AccountDirectory accounts, TimeProvider clock) : IManagerDirectory, IDisposable
{
    /// <summary>A reservation whose step was never committed counts no longer than this.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<string, Reservation> held = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(AccountId, string), SortedDictionary<DateTimeOffset, string>> queues = new();

    private sealed record Reservation(AssignmentRequest Request, AssignmentDecision Decision, DateTimeOffset At);

    public async ValueTask<AssignmentDecision> ReserveAsync(AssignmentRequest request, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var (key, old) in held.ToList())
                if (clock.GetUtcNow() - old.At > Held) held.Remove(key);
            if (held.TryGetValue(request.Key, out var same)) return same.Decision;

            var decision = ManagerChooser.Choose(await SnapshotsAsync(request, cancellationToken), request);
            decision = InTurn(request, decision);
            if (decision.ManagerId is not null) held[request.Key] = new(request, decision, clock.GetUtcNow());
            return decision;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Whom a reservation would choose now. Nobody's turn is taken, and nobody waits in a queue for having asked.</summary>
    public async ValueTask<AssignmentDecision> PreviewAsync(AssignmentRequest request, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return ManagerChooser.Choose(await SnapshotsAsync(request, cancellationToken), request);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The step that asked is committed: its rows count from now on.</summary>
    public void Settle(IReadOnlyList<AssignmentRecord> assignments)
    {
        if (assignments.Count == 0) return;
        turn.Wait();
        foreach (var assignment in assignments) held.Remove(assignment.Key);
        turn.Release();
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Deals that wait are served in order of arrival (SD-5).</summary>
    private AssignmentDecision InTurn(AssignmentRequest request, AssignmentDecision decision)
    {
        var queue = queues.GetOrAdd((request.Deal.Account, request.Pool), _ => []);
        var me = request.Deal.ToString();
        foreach (var (since, _) in queue.Where(waiting => clock.GetUtcNow() - waiting.Key > TimeSpan.FromDays(2)).ToList()) queue.Remove(since);
        if (decision.ManagerId is not null && !request.IgnoreShifts)
        {
            var first = queue.FirstOrDefault().Value;
            if (first is not null && first != me && (request.QueueSince is null || queue.FirstOrDefault().Key < request.QueueSince))
                decision = decision with { ManagerId = null, ManagerName = null, TryAgainAt = request.Now.AddSeconds(2) };
        }

        foreach (var (since, deal) in queue.Where(waiting => waiting.Value == me).ToList()) queue.Remove(since);
        if (decision.ManagerId is null && !request.IgnoreShifts) queue[request.QueueSince ?? request.Now] = me;
        return decision;
    }

    private async Task<IReadOnlyList<ManagerSnapshot>> SnapshotsAsync(AssignmentRequest request, CancellationToken cancellationToken)
    {
        var (account, connection) = (request.Deal.Account, request.Deal.Connection);
        var managers = await store.ListAsync(account, connection, cancellationToken);
        var pending = held.Values.Where(other => other.Request.Deal.Account == account && other.Request.Deal.Connection == connection).ToList();
        var pendingDeals = pending.Select(other => other.Request.Deal.EntityId).Append(request.Deal.EntityId).Distinct().ToList();
        var loads = await store.CountLoadsAsync(account, connection, request.Pipelines, request.Stages, pendingDeals, cancellationToken);
        var zone = (await accounts.GetAsync(account, cancellationToken)).TimeZone;
        var today = TimeZoneInfo.ConvertTime(request.Now, zone);
        var assigned = await store.CountAssignedAsync(account, connection, request.Now - today.TimeOfDay, cancellationToken);

        return [.. managers.Select(row =>
        {
            var sheet = ManagerTimesheet.FromJson(row.Timesheet);
            var mine = pending.Where(other => other.Decision.ManagerId == row.UserId).ToList();
            var last = mine.Select(other => (DateTimeOffset?)other.Request.Now).Append(row.LastAssignedAt).Max();
            return new ManagerSnapshot(
                new(row.UserId, row.Name, row.Weight, row.MaxOpen, row.MaxPerDay, row.Active), sheet.Shifts(row.UserId), sheet.Leaves(row.UserId),
                loads.GetValueOrDefault(row.UserId) + mine.Count, assigned.GetValueOrDefault(row.UserId) + mine.Count, last, row.SeenAt);
        })];
    }
}

/// <summary>A manager's shifts and leave as the API takes and the row keeps them.</summary>
public sealed record ManagerTimesheet
{
    /// <summary>IANA zone of the times.</summary>
    [JsonProperty("timeZone")] public string TimeZone { get; init; } = "Europe/Moscow";
    [JsonProperty("weekly")] public IReadOnlyList<WeeklyShift> Weekly { get; init; } = [];
    [JsonProperty("dates")] public IReadOnlyList<DatedShift> Dates { get; init; } = [];
    [JsonProperty("leave")] public IReadOnlyList<LeaveSpan> Leave { get; init; } = [];

    public static ManagerTimesheet FromJson(string json) => JsonConvert.DeserializeObject<ManagerTimesheet>(json) ?? new();

    public string ToJson() => JsonConvert.SerializeObject(this);

    public IReadOnlyList<Shift> Shifts(string manager) =>
    [
        .. Weekly.Select(shift => Shift.Weekly(manager, shift.Day, shift.Start, shift.End, TimeZone)),
        .. Dates.Select(shift => Shift.On(manager, shift.Date, shift.Start, shift.End, TimeZone)),
    ];

    public IReadOnlyList<Leave> Leaves(string manager) => [.. Leave.Select(span => new Leave(manager, span.From, span.To, span.Reason))];
}

public sealed record WeeklyShift([property: JsonProperty("day")] DayOfWeek Day, [property: JsonProperty("start")] TimeOnly Start, [property: JsonProperty("end")] TimeOnly End);

public sealed record DatedShift([property: JsonProperty("date")] DateOnly Date, [property: JsonProperty("start")] TimeOnly Start, [property: JsonProperty("end")] TimeOnly End);

public sealed record LeaveSpan([property: JsonProperty("from")] DateOnly From, [property: JsonProperty("to")] DateOnly To, [property: JsonProperty("reason")] string? Reason);
