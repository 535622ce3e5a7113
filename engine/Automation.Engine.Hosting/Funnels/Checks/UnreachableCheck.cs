using System.Runtime.CompilerServices;
using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Funnels;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Conditions that can never hold: bounds that exclude each other, two values at once, a stage that the trigger does not watch. Formulas that the builder cannot read are not judged.</summary>
internal static class UnreachableCheck
{
    private static readonly ConditionalWeakTable<FunnelTrigger, StrongBox<bool>> Known = [];

    public static IEnumerable<Finding> Run(CheckedDraft draft)
    {
        foreach (var trigger in draft.Document.Triggers)
        {
            if (trigger.If is null || Known.GetValue(trigger, one => new(CanHold(one))).Value) continue;
            yield return new(false, "never_true", trigger.Id, "if", new("Это условие не выполнится никогда: его части исключают друг друга.", "This condition can never hold: its parts exclude each other."))
            {
                Fixes = [Fix.Of(trigger, trigger with { If = null }, "Убрать условие", "Remove the condition")],
            };
        }
    }

    private static bool CanHold(FunnelTrigger trigger) =>
        trigger.If is not { Language: ExpressionTypes.NCalc } condition || ConditionReader.Read(condition.Text).Tree is not { } tree || CanHold(tree, trigger);

    private static bool CanHold(ConditionNode node, FunnelTrigger trigger) => node switch
    {
        ConditionGroup { Kind: GroupKind.Any } any => any.Items.Any(item => CanHold(item, trigger)),
        ConditionGroup { Kind: GroupKind.All } all => all.Items.All(item => CanHold(item, trigger)) && Together([.. Lines(all)]),
        ConditionLine line => Together([line]) && !IsElsewhere(line, trigger),
        _ => true,
    };

    /// <summary>Lines that must all hold, those of nested groups of the same kind too.</summary>
    private static IEnumerable<ConditionLine> Lines(ConditionGroup all) => all.Items.SelectMany(item => item switch
    {
        ConditionLine line => [line],
        ConditionGroup { Kind: GroupKind.All } inner => Lines(inner),
        _ => [],
    });

    private static bool Together(IReadOnlyList<ConditionLine> lines) => lines.GroupBy(line => (line.Field, line.Before)).All(field => Fits([.. field]));

    private static bool Fits(IReadOnlyList<ConditionLine> lines)
    {
        var texts = lines.Where(line => line.Operator == ConditionOperator.Equal).Select(line => line.Values[0]).OfType<ConditionValue.Text>().Select(text => text.Value).Distinct(StringComparer.Ordinal).Count();
        if (texts > 1 || (lines.Any(line => line.Operator == ConditionOperator.Empty) && lines.Any(line => line.Operator == ConditionOperator.NotEmpty))) return false;
        decimal? low = null, high = null;
        bool lowOpen = false, highOpen = false;
        foreach (var line in lines)
        {
            var numbers = line.Values.OfType<ConditionValue.Number>().Select(number => number.Value).ToList();
            if (numbers.Count != line.Values.Count || numbers.Count == 0) continue;
            var open = line.Operator is ConditionOperator.Greater or ConditionOperator.Less;
            if (line.Operator is ConditionOperator.Greater or ConditionOperator.GreaterOrEqual or ConditionOperator.Equal or ConditionOperator.Between && (low is null || numbers[0] > low || (numbers[0] == low && open))) (low, lowOpen) = (numbers[0], open);
            if (line.Operator is ConditionOperator.Less or ConditionOperator.LessOrEqual or ConditionOperator.Equal or ConditionOperator.Between && (high is null || numbers[^1] < high || (numbers[^1] == high && open))) (high, highOpen) = (numbers[^1], open);
        }

        return low is null || high is null || low < high || (low == high && !lowOpen && !highOpen);
    }

    /// <summary>It asks for a stage that is none of the trigger's.</summary>
    private static bool IsElsewhere(ConditionLine line, FunnelTrigger trigger) =>
        line is { Field: "deal.stage_id", Before: false, Operator: ConditionOperator.Equal } && trigger.When is { Stages.Count: > 0, Event: not TriggerEvents.LeftStage }
        && StageOf(line.Values[0]) is { } stage && trigger.When.Stages.All(one => one.StageId != stage);

    private static string? StageOf(ConditionValue value) => value switch
    {
        ConditionValue.Text text => text.Value,
        ConditionValue.Number number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };
}
