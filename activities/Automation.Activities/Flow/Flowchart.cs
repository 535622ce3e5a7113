using System.Collections.Concurrent;
using System.ComponentModel;
using Automation.Engine.Workflows;

namespace Automation.Activities.Flow;

/// <summary>
/// Activities and arrows. An activity with several ways in waits until each was visited and runs if one was followed; what is not
/// followed is skipped, and the skip is passed on: Elsa's counter mode. With merge modes it runs by tokens (<see cref="MergeModes"/>).
/// </summary>
[Activity("Elsa", "Flow", "Runs activities along arrows.", DisplayNameRu = "Схема", CategoryRu = "Ход", DescriptionRu = "Выполняет шаги по стрелкам."), Browsable(false), Deterministic]
public sealed partial class Flowchart : Activity, IVariableContainer
{
    private readonly ConcurrentDictionary<string, FlowGraph> _graphs = new(StringComparer.Ordinal);
    private Dictionary<string, IActivity>? _byId;

    public ICollection<IActivity> Activities { get; set; } = [];

    public ICollection<FlowConnection> Connections { get; set; } = [];

    public ICollection<Variable> Variables { get; set; } = [];

    /// <summary>Id of the first activity; absent in documents that Studio writes.</summary>
    public string? Start { get; set; }

    private Dictionary<string, IActivity> ById => _byId ??= Activities.ToDictionary(activity => activity.Id, StringComparer.Ordinal);

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (FirstActivity(context) is not { } start)
        {
            await context.CompleteActivityAsync();
            return;
        }
        if (start.Id != FirstActivity(null)!.Id) context.Properties["start"] = start.Id;
        if (MergeModes.RunsByTokens(this)) FlowTokens.Begin(context.Properties);
        await context.ScheduleActivityAsync(start, OnChildCompletedAsync);
    }

    private async ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child)
    {
        if (child.Activity is ITerminalNode && child.IsCompleted && child.Outcomes.Count > 0)
        {
            await owner.CompleteActivityAsync();
            return;
        }
        if (FlowTokens.Drive(owner.Properties)) await LeaveByTokensAsync(owner, child.Activity.Id, child.Outcomes);
        else await LeaveAsync(owner, child.Activity.Id, child.Outcomes);
        if (owner.Children.Count == 0) await owner.CompleteActivityAsync();
    }

    private async ValueTask LeaveAsync(ActivityExecutionContext owner, string id, IReadOnlyList<string> outcomes)
    {
        var graph = Graph(owner);
        var scope = new FlowScope(owner.Properties, graph);
        if (Join(id) is not { } join || await ModeAsync(owner, join) != FlowJoinMode.WaitAny) scope.VisitActivity(id);
        foreach (var connection in graph.Outbound(id))
        {
            var isFollowed = outcomes.Contains(connection.SourcePort, StringComparer.Ordinal);
            if (graph.IsBackward(connection)) await LoopAsync(owner, graph, connection, isFollowed);
            else await ArriveAsync(owner, graph, scope, connection, isFollowed);
        }
    }

    private async ValueTask LoopAsync(ActivityExecutionContext owner, FlowGraph graph, FlowConnection connection, bool isFollowed)
    {
        if (!isFollowed) return;
        if (graph.IsInvalid(connection))
            throw new ActivityFaultException("loop_invalid", $"The arrow from {connection.Source} back to {connection.Target} is no loop: {connection.Source} can be reached around {connection.Target}. Let every way to it lead through {connection.Target}.");
        await ScheduleAsync(owner, connection.Target);
    }

    private async ValueTask ArriveAsync(ActivityExecutionContext owner, FlowGraph graph, FlowScope scope, FlowConnection connection, bool isFollowed)
    {
        var target = connection.Target;
        scope.VisitConnection(connection, isFollowed);
        var inbound = graph.ForwardInbound(target);
        if (inbound.Length < 2)
        {
            await RunOrSkipAsync(owner, target, isFollowed);
            return;
        }
        var mode = Join(target) is { } join ? await ModeAsync(owner, join) : FlowJoinMode.WaitAllActive;
        if (mode == FlowJoinMode.WaitAny)
        {
            await ArriveAnyAsync(owner, graph, scope, connection, isFollowed);
            return;
        }
        if (!scope.IsComplete(target)) return;
        await RunOrSkipAsync(owner, target, mode == FlowJoinMode.WaitAll ? inbound.All(scope.IsFollowed) : inbound.Any(scope.IsFollowed));
    }

    // The first one in runs it. The round is counted at once, so that later ones of the same round are late.
    private async ValueTask ArriveAnyAsync(ActivityExecutionContext owner, FlowGraph graph, FlowScope scope, FlowConnection connection, bool isFollowed)
    {
        if (scope.IsLate(connection)) return;
        if (isFollowed)
        {
            scope.VisitActivity(connection.Target);
            await ScheduleAsync(owner, connection.Target);
            await CancelOthersAsync(owner, graph.Ancestors(connection.Target));
        }
        else if (scope.IsComplete(connection.Target))
        {
            scope.VisitActivity(connection.Target);
            await LeaveAsync(owner, connection.Target, []);
        }
    }

    // A cancelled activity counts as skipped: its arrows are visited, so that joins after it do not wait for it.
    private async ValueTask CancelOthersAsync(ActivityExecutionContext owner, HashSet<string> ancestors)
    {
        foreach (var child in owner.Children.Where(child => ancestors.Contains(child.Activity.Id)).ToList())
        {
            await child.CancelActivityAsync();
            await LeaveAsync(owner, child.Activity.Id, []);
        }
    }

    private ValueTask RunOrSkipAsync(ActivityExecutionContext owner, string id, bool isFollowed) =>
        isFollowed ? ScheduleAsync(owner, id) : LeaveAsync(owner, id, []);

    private ValueTask ScheduleAsync(ActivityExecutionContext owner, string id) => owner.ScheduleActivityAsync(ById[id], OnChildCompletedAsync);

    private FlowJoin? Join(string id) => ById[id] as FlowJoin;

    private static async ValueTask<FlowJoinMode> ModeAsync(ActivityExecutionContext owner, FlowJoin join) =>
        join.Mode is null ? FlowJoinMode.WaitAny : await owner.EvaluateAsync(join.Mode);

    private FlowGraph Graph(ActivityExecutionContext owner)
    {
        var start = owner.Properties.TryGetValue("start", out var id) ? (string)id! : FirstActivity(null)!.Id;
        return _graphs.GetOrAdd(start, static (first, chart) => new FlowGraph(chart.Activities, [.. chart.Connections], first), this);
    }

    private IActivity? FirstActivity(ActivityExecutionContext? context)
    {
        var trigger = context?.Run.TriggerActivityId;
        return (trigger is null ? null : Activities.FirstOrDefault(activity => activity.Id == trigger))
            ?? Activities.FirstOrDefault(activity => activity.Id == Start)
            ?? Activities.FirstOrDefault(activity => activity is Start)
            ?? Activities.FirstOrDefault(activity => activity.CustomProperties.TryGetValue("canStartWorkflow", out var flag) && flag.ToString().Equals("true", StringComparison.OrdinalIgnoreCase))
            ?? Activities.FirstOrDefault(activity => Connections.All(connection => connection.Target != activity.Id || !ById.ContainsKey(connection.Source)))
            ?? Activities.FirstOrDefault();
    }
}
