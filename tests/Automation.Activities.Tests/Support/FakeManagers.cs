using Automation.Engine.Managers;

namespace Automation.Activities.Tests.Support;

/// <summary>Our own rows in memory; a reservation counts from the moment it is made.</summary>
internal sealed class FakeManagers : IManagerDirectory
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, AssignmentDecision> answered = [];

    public List<ManagerSnapshot> Managers { get; } = [];
    public List<AssignmentRequest> Asked { get; } = [];

    public void Add(string id, int load = 0, IReadOnlyList<Shift>? shifts = null, int? maxOpen = null, DateTimeOffset? seen = null) =>
        Managers.Add(new(new(id, "M" + id, MaxOpen: maxOpen), shifts ?? [], [], load, LastSeenAt: seen));

    public ValueTask<AssignmentDecision> ReserveAsync(AssignmentRequest request, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (answered.TryGetValue(request.Key, out var before)) return ValueTask.FromResult(before);
            Asked.Add(request);
            var decision = ManagerChooser.Choose(Managers, request);
            answered[request.Key] = decision;
            var winner = Managers.FindIndex(item => item.Manager.Id == decision.ManagerId);
            if (winner >= 0) Managers[winner] = Managers[winner] with { Load = Managers[winner].Load + 1, LastAssignedAt = request.Now };
            return ValueTask.FromResult(decision);
        }
    }
}
