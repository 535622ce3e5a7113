using Automation.Engine.Workflows;

namespace Automation.Activities.Flow;

// Token mode: an arrow that is followed holds a token, and the activity at its end says by its merge mode when it runs.
public sealed partial class Flowchart
{
    private async ValueTask LeaveByTokensAsync(ActivityExecutionContext owner, string id, IReadOnlyList<string> outcomes)
    {
        var (graph, tokens) = (Graph(owner), new FlowTokens(owner.Properties));
        var followed = graph.Outbound(id).Where(connection => outcomes.Contains(connection.SourcePort, StringComparer.Ordinal)).ToList();
        foreach (var connection in followed) tokens.Put(connection);
        var racing = new List<string>();
        foreach (var connection in followed)
        {
            var target = connection.Target;
            var isReady = false;
            switch (await MergeModeAsync(owner, target))
            {
                case MergeMode.Cascade: isReady = true; break;
                case MergeMode.Merge: isReady = IsMerged(tokens, graph.ForwardInbound(target), connection); break;
                case MergeMode.Converge: isReady = IsMerged(tokens, graph.Inbound(target), connection); break;
                case MergeMode.Race when !racing.Contains(target): racing.Add(target); break;
            }

            if (isReady) await RunByTokensAsync(owner, tokens, target);
        }

        // After the others: what they have begun on a way to the same target has lost too.
        foreach (var target in racing)
        {
            await CancelRestAsync(owner, tokens, graph.Ancestors(target));
            await RunByTokensAsync(owner, tokens, target);
        }

        await RunFreeAsync(owner, graph, tokens);
    }

    // One way in: nothing to wait for.
    private static bool IsMerged(FlowTokens tokens, FlowConnection[] inbound, FlowConnection arrived) =>
        inbound.Length < 2 ? tokens.IsOn(arrived) : inbound.All(tokens.IsOn);

    private static async ValueTask CancelRestAsync(ActivityExecutionContext owner, FlowTokens tokens, HashSet<string> ancestors)
    {
        foreach (var child in owner.Children.Where(child => ancestors.Contains(child.Activity.Id)).ToList()) await child.CancelActivityAsync();
        foreach (var ancestor in ancestors) tokens.Take(ancestor);
    }

    // Those that only wait for others to be through. Looked at after every end: the last one through may have taken another way.
    private async ValueTask RunFreeAsync(ActivityExecutionContext owner, FlowGraph graph, FlowTokens tokens)
    {
        foreach (var target in tokens.Targets)
        {
            if (await MergeModeAsync(owner, target) is not (MergeMode.Stream or MergeMode.None)) continue;
            var underWay = owner.Children.Select(child => child.Activity.Id).ToHashSet(StringComparer.Ordinal);
            if (!graph.ForwardInbound(target).Any(connection => underWay.Contains(connection.Source) || (connection.Source != target && tokens.Wait(connection.Source))))
                await RunByTokensAsync(owner, tokens, target);
        }
    }

    private ValueTask RunByTokensAsync(ActivityExecutionContext owner, FlowTokens tokens, string target)
    {
        tokens.Take(target);
        return ScheduleAsync(owner, target);
    }

    private async ValueTask<MergeMode> MergeModeAsync(ActivityExecutionContext owner, string id) =>
        Join(id) is { } join ? MergeModes.Of(await ModeAsync(owner, join)) : MergeModes.Of(ById[id]);
}
