using System.Globalization;

namespace Automation.Activities.Tests.Support;

/// <summary>A booking calendar in memory; may round times and refuse slots.</summary>
internal sealed class FakeBooking(World world) : IBookingSystem
{
    private readonly Dictionary<string, EffectResult> doneKeys = [];
    private int nextId = 77;

    public Dictionary<string, Visit> Visits { get; } = [];
    public List<BookingCommand> Commands { get; } = [];
    public List<NamedItem> Executors { get; } = [new("e1", "Анна"), new("e2", "Борис")];
    public List<NamedItem> Services { get; } = [new("s1", "Стрижка"), new("s2", "Маникюр")];
    public TimeSpan RoundTo { get; set; } = TimeSpan.FromMinutes(1);
    public string? Refusal { get; set; }
    public Action<string> Changed { get; set; } = _ => { };

    public Task<Visit?> ReadVisitAsync(string visitId, CancellationToken cancellationToken) => Task.FromResult(Visits.GetValueOrDefault(visitId));

    public Task<IReadOnlyList<NamedItem>> ReadExecutorsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NamedItem>>(Executors);

    public Task<IReadOnlyList<NamedItem>> ReadServicesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NamedItem>>(Services);

    public Task<EffectResult> ExecuteAsync(BookingCommand command, string effectKey, CancellationToken cancellationToken)
    {
        if (doneKeys.TryGetValue(effectKey, out var before)) return Task.FromResult(before);
        Commands.Add(command);
        if (Refusal is { } text) return Task.FromResult<EffectResult>(new Rejected("slot_taken", text));
        var visit = command.VisitId is { } id ? Visits[id] : New(command);
        var start = Round(command.Start ?? visit.Start);
        visit = visit with
        {
            Start = start,
            Finish = start + (command.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : visit.Finish - visit.Start),
            ExecutorId = command.ExecutorId ?? visit.ExecutorId,
            ServiceIds = command.ServiceIds ?? visit.ServiceIds,
            State = command.State ?? visit.State,
            RawState = (command.State ?? visit.State).ToString(),
            Modified = world.Now,
        };
        Visits[visit.Id] = visit;
        Changed(visit.Id);
        var iso = "O";
        EffectResult result = new Delivered(new JObject
        {
            ["visitId"] = visit.Id,
            ["clientId"] = visit.ClientId,
            ["start"] = visit.Start.ToString(iso, CultureInfo.InvariantCulture),
            ["finish"] = visit.Finish.ToString(iso, CultureInfo.InvariantCulture),
        });
        doneKeys[effectKey] = result;
        return Task.FromResult(result);
    }

    public Task<EffectResult> FindAsync(BookingCommand command, string effectKey, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult(doneKeys.GetValueOrDefault(effectKey) ?? new Retry(null, "absent"));

    private Visit New(BookingCommand command)
    {
        var id = (nextId++).ToString(CultureInfo.InvariantCulture);
        var start = command.Start!.Value;
        return new(id, "c" + id, command.ClientName, command.ClientPhone, command.ExecutorId, start, start.AddHours(1), VisitState.Booked, "scheduled", command.ServiceIds ?? [], world.Now);
    }

    private DateTimeOffset Round(DateTimeOffset start) => new(start.UtcTicks / RoundTo.Ticks * RoundTo.Ticks, TimeSpan.Zero);
}
