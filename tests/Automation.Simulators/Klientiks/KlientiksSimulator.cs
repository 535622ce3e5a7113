using Microsoft.AspNetCore.Routing;

namespace Automation.Simulators.Klientiks;

/// <summary>The Klientiks booking system: clients, executors, services, visits, and hooks that hint at changes.</summary>
public sealed class KlientiksSimulator : ISimulator, IDisposable
{
    private readonly List<KlientiksExecutor> executors = [];
    private readonly List<KlientiksService> services = [];
    private readonly SortedDictionary<long, KlientiksClient> clients = [];
    private readonly SortedDictionary<long, KlientiksVisit> visits = [];
    private readonly TimeZoneInfo zone;
    private long nextId = 77_100;

    public KlientiksSimulator(KlientiksOptions options)
    {
        Options = options;
        zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        Calls = new CallLog(options.Clock);
        Hooks = new KlientiksHooks(options.Clock, Switches);
        Hooks.Delivered += () => Changed?.Invoke(this, EventArgs.Empty);
    }

    public event EventHandler? Changed;

    public KlientiksOptions Options { get; }

    public KlientiksSwitches Switches { get; } = new();

    public Faults Faults { get; } = new();

    public CallLog Calls { get; }

    public KlientiksHooks Hooks { get; }

    public IReadOnlyList<KlientiksExecutor> Executors { get { lock (Gate) return [.. executors]; } }

    public IReadOnlyList<KlientiksService> Services { get { lock (Gate) return [.. services]; } }

    public IReadOnlyList<KlientiksClient> Clients { get { lock (Gate) return [.. clients.Values]; } }

    public IReadOnlyList<KlientiksVisit> Visits { get { lock (Gate) return [.. visits.Values]; } }

    /// <summary>The day in the account's zone.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now);

    internal Lock Gate { get; } = new();

    /// <summary>The account's own time, as its records show it.</summary>
    internal DateTime Now => TimeZoneInfo.ConvertTime(Options.Clock.GetUtcNow(), zone).DateTime;

    public void Map(IEndpointRouteBuilder routes) => KlientiksApi.Map(routes, this);

    public void Reset()
    {
        lock (Gate)
        {
            executors.Clear();
            services.Clear();
            clients.Clear();
            visits.Clear();
        }
        Faults.Clear();
        Calls.Clear();
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public void Dispose() => Hooks.Dispose();

    public void AddExecutor(KlientiksExecutor executor)
    {
        lock (Gate)
            executors.Add(executor);
    }

    public void AddService(KlientiksService service)
    {
        lock (Gate)
            services.Add(service);
    }

    /// <summary>Adds a client as it is; id 0 takes the next free one.</summary>
    public KlientiksClient AddClient(KlientiksClient client)
    {
        lock (Gate)
        {
            var added = client with { Id = client.Id == 0 ? ++nextId : client.Id, Created = Now, Modified = Now };
            clients[added.Id] = added;
            Changed?.Invoke(this, EventArgs.Empty);
            Hooks.Send("client_added", 0, added.Id);
            return added;
        }
    }

    public KlientiksClient ChangeClient(long id, Func<KlientiksClient, KlientiksClient> change)
    {
        lock (Gate)
            return clients[id] = change(clients[id]) with { Modified = Now };
    }

    public KlientiksClient? FindClient(string phoneDigits)
    {
        lock (Gate)
            return clients.Values.FirstOrDefault(client => client.Phone == phoneDigits);
    }

    /// <summary>Books a visit; ids 0 are filled in.</summary>
    /// <exception cref="InvalidOperationException">The executor is busy then.</exception>
    public KlientiksVisit AddVisit(KlientiksVisit visit)
    {
        lock (Gate)
        {
            var added = Rounded(visit) with
            {
                Id = visit.Id == 0 ? ++nextId : visit.Id,
                LinkId = visit.LinkId == 0 ? ++nextId : visit.LinkId,
                Created = Now,
                Modified = Now,
            };
            if (IsTaken(added))
                throw new InvalidOperationException("time is taken");
            visits[added.Id] = added;
            Tell("visit_added", added);
            return added;
        }
    }

    /// <summary>Moves, reassigns or restates a visit. Nothing differs, nothing is told.</summary>
    /// <exception cref="InvalidOperationException">The executor is busy then.</exception>
    public KlientiksVisit ChangeVisit(long id, Func<KlientiksVisit, KlientiksVisit> change)
    {
        lock (Gate)
        {
            var before = visits[id];
            var after = Rounded(change(before));
            if (after == before)
                return before;
            var moved = (before.Start, before.Finish, before.ExecutorId) != (after.Start, after.Finish, after.ExecutorId);
            if (moved && IsTaken(after))
                throw new InvalidOperationException("time is taken");
            visits[id] = after = after with { Modified = Now };
            Tell("visit_changed", after);
            return after;
        }
    }

    /// <summary>Removes the visit without a trace, as a person might in the back office.</summary>
    public void RemoveVisit(long id)
    {
        lock (Gate)
            visits.Remove(id);
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Starts in steps of 15 minutes at which the executor could take the service.</summary>
    public IReadOnlyList<DateTime> FreeTimes(long executorId, int minutes, DateOnly from, DateOnly to)
    {
        lock (Gate)
        {
            List<DateTime> free = [];
            for (var day = from; day <= to; day = day.AddDays(1))
            {
                var end = day.ToDateTime(TimeOnly.MinValue).AddHours(Options.WorkingHours.To);
                for (var start = day.ToDateTime(TimeOnly.MinValue).AddHours(Options.WorkingHours.From); start.AddMinutes(minutes) <= end; start = start.AddMinutes(15))
                    if (start > Now && !IsTaken(new KlientiksVisit(0, 0, 0, executorId, start, start.AddMinutes(minutes), "scheduled")))
                        free.Add(start);
            }
            return free;
        }
    }

    internal DateTime FromUnix(long seconds) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone).DateTime;

    private bool IsTaken(KlientiksVisit wanted) => Switches.EverySlotTaken || (!Switches.AllowOverlap && visits.Values.Any(other =>
        other.Id != wanted.Id && !other.IsSale && other.ExecutorId == wanted.ExecutorId
        && other.Status is not (KlientiksStates.Cancelled or KlientiksStates.CancelledBySms)
        && other.Start < wanted.Finish && wanted.Start < other.Finish));

    private KlientiksVisit Rounded(KlientiksVisit visit) => Switches.RoundToQuarter
        ? visit with { Start = Quarter(visit.Start), Finish = Quarter(visit.Finish) }
        : visit;

    private static DateTime Quarter(DateTime time)
    {
        var step = TimeSpan.FromMinutes(15).Ticks;
        return new DateTime((time.Ticks + step / 2) / step * step, DateTimeKind.Unspecified);
    }

    private void Tell(string name, KlientiksVisit visit)
    {
        Changed?.Invoke(this, EventArgs.Empty);
        Hooks.Send(name, visit.Id, visit.ClientId);
    }
}
