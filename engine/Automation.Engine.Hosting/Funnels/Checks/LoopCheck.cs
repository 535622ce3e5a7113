using Automation.Engine.Funnels;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Triggers that send a deal round in a circle: one moves it on, another moves it back. Found over every funnel of the CRM.</summary>
internal static class LoopCheck
{
    private sealed record Move(StageRef From, StageRef To, FunnelTrigger Trigger, string? Funnel);

    public static IEnumerable<Finding> Run(CheckedDraft draft)
    {
        var moves = draft.Document.Triggers.SelectMany(trigger => MovesOf(trigger, null)).Concat(draft.Others.SelectMany(other => MovesOf(other.Trigger, other.Funnel))).ToLookup(move => move.From);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var trigger in draft.Document.Triggers)
        {
            if (MovesOf(trigger, null).Select(move => Circle(move, moves)).FirstOrDefault(found => found is not null) is not { } circle) continue;
            if (!told.Add(string.Join('|', circle.Select(move => $"{move.Funnel}/{move.Trigger.Id}").Distinct().Order(StringComparer.Ordinal)))) continue;
            yield return new(false, "loop", trigger.Id, "then", new(Words(circle, draft, english: false), Words(circle, draft, english: true)))
            {
                Fixes = [Fix.Of(trigger, trigger with { Reentry = Reentry.OnceEver }, "Срабатывать для сделки один раз", "Fire once for a deal")],
            };
        }

        IEnumerable<Move> MovesOf(FunnelTrigger trigger, string? funnel)
        {
            if (!trigger.Enabled || trigger.Reentry == Reentry.OnceEver || trigger.When.Event is not (TriggerEvents.EnteredStage or TriggerEvents.CreatedOrEntered)) yield break;
            var from = trigger.When.Stages.Count > 0 ? trigger.When.Stages : [.. draft.Document.Stages.Select(stage => stage.Ref)];
            foreach (var step in Step.Doing(trigger).Where(step => step.Type == "Crm.ChangeStage"))
                foreach (var stage in from)
                    if (step.Literal("stageId") is { } to && new StageRef(step.Literal("pipelineId") ?? stage.PipelineId, to) is var target && target != stage)
                        yield return new(stage, target, trigger, funnel);
        }
    }

    /// <summary>The shortest way from a move back to where it began; null when there is none.</summary>
    private static List<Move>? Circle(Move first, ILookup<StageRef, Move> moves)
    {
        var ways = new Queue<List<Move>>([[first]]);
        var seen = new HashSet<StageRef> { first.To };
        while (ways.TryDequeue(out var way))
        {
            if (way[^1].To == first.From) return way;
            foreach (var next in moves[way[^1].To])
                if (next.To == first.From || seen.Add(next.To)) ways.Enqueue([.. way, next]);
        }

        return null;
    }

    private static string Words(List<Move> circle, CheckedDraft draft, bool english)
    {
        var moves = circle.Select(move =>
        {
            var funnel = move.Funnel is null ? "" : english ? $" (funnel “{move.Funnel}”)" : $" (воронка «{move.Funnel}»)";
            return english ? $"“{move.Trigger.Name}”{funnel} moves it to “{Stage(move.To)}”" : $"«{move.Trigger.Name}»{funnel} переводит на «{Stage(move.To)}»";
        });
        return (english ? "A deal may go round in a circle: " : "Сделка может ходить по кругу: ") + string.Join(english ? ", " : ", ", moves) + ".";

        string Stage(StageRef stage) => draft.Document.Stages.FirstOrDefault(one => one.Ref == stage)?.Name
            ?? draft.Directory?.Pipelines.FirstOrDefault(one => one.Id == stage.PipelineId)?.Stages.FirstOrDefault(one => one.Id == stage.StageId)?.Name ?? stage.ToString();
    }
}
