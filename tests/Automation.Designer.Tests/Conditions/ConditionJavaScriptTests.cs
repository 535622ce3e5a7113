using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Conditions;

public sealed class ConditionJavaScriptTests
{
    private const int Trees = 500;
    private const int Lines = 3_000;

    [Fact]
    public async Task Script_OfATree_GivesTheVerdictOfItsFormula()
    {
        await using var pool = new ScriptWorkerPool(Options.Create(new ScriptOptions { QueueTimeout = TimeSpan.FromSeconds(30), StartTimeout = TimeSpan.FromSeconds(60), RepeatStarved = false }), TimeProvider.System);
        var evaluator = new ExpressionEvaluator(pool, Options.Create(new ExpressionOptions()));
        var lines = RandomConditions.Line.Select(line => new ConditionGroup(GroupKind.All, [line]));
        foreach (var (tree, roots) in Pairs(RandomConditions.Tree, Trees).Concat(Pairs(lines, Lines)))
        {
            var formula = ConditionWriter.Write(tree);
            var (byFormula, byScript) = (await EvaluateAsync(evaluator, ExpressionTypes.NCalc, formula, roots), await EvaluateAsync(evaluator, ExpressionTypes.JavaScript, ConditionJavaScript.Write(tree), roots));
            if (byFormula.Error?.Code == ExpressionCodes.TooComplex) continue;
            Assert.True(Fires(byFormula) == Fires(byScript) && byScript.Error is null or { Code: ExpressionCodes.ScriptFailed }, $"{formula}: {byFormula.Value} {byFormula.Error?.Message}; script {byScript.Value} {byScript.Error?.Message}\n{byScript.Error?.Code} {ConditionJavaScript.Write(tree)}\n{roots.ToString(Newtonsoft.Json.Formatting.None)}");
        }
    }

    [Fact]
    public void Script_OfANumber_IsThePlainComparison() =>
        Assert.EndsWith("\nnum(deal.price) > 50000 && hasTag(\"VIP\");", ConditionJavaScript.Write(ConditionReader.Read("[deal.price] > 50000 and hastag('VIP')").Tree!), StringComparison.Ordinal);

    [Fact]
    public void Script_HoldsOnlyWhatItUses()
    {
        var script = ConditionJavaScript.Write(new(GroupKind.All, [new ConditionLine("contact.cf.11", ConditionOperator.Empty, [])]));

        Assert.Equal(["const empty", "empty(contact?.cf?.[\"11\"]);"], script.Split('\n').Select(line => line.Split(" = ")[0]));
    }

    private static IEnumerable<(ConditionGroup Tree, JObject Roots)> Pairs(Gen<ConditionGroup> trees, int count) => Gen.Zip(trees.Where(IsOrdinary), RandomDeals.Roots).Sample(count, 30).Select(pair => (pair.Item1, pair.Item2));

    // Beyond 15 digits and outside of plain texts a script counts and folds case in its own way.
    private static bool IsOrdinary(ConditionNode node) => node switch
    {
        ConditionGroup group => group.Items.All(IsOrdinary),
        ConditionLine line => line.Values.All(value => value is not ConditionValue.Number number || Math.Abs(number.Value) is 0 or (> 0.001m and < 1_000_000m))
            && !(line.Operator is ConditionOperator.Contains or ConditionOperator.NotContains && line.Values[0] is ConditionValue.Date),
        _ => false,
    };

    private static bool Fires(EvaluationResult result) => result.Error is null && result.Value is JValue { Value: true };

    private static ValueTask<EvaluationResult> EvaluateAsync(ExpressionEvaluator evaluator, string language, string text, JObject roots) =>
        evaluator.EvaluateAsync(new Expression(language, text), new GivenScope(roots), TestContext.Current.CancellationToken);
}
