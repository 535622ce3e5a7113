using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Conditions;

public sealed class ConditionRoundTripTests
{
    private sealed class NoScripts : IScriptRunner
    {
        public ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private static readonly ExpressionEvaluator Evaluator = new(new NoScripts(), Options.Create(new ExpressionOptions()));

    [Property(MaxTest = 10_000)]
    public Property Tree_WrittenAndRead_IsTheSameTree() => Prop.ForAll(RandomConditions.Tree.ToArbitrary(), tree =>
    {
        var reading = ConditionReader.Read(ConditionWriter.Write(tree));
        return reading.Error is { Code: ExpressionCodes.TooComplex } || tree.Equals(reading.Tree);
    });

    [Property(MaxTest = 10_000)]
    public Property Tree_Evaluated_GivesTheVerdictOfItsFormula() => Prop.ForAll(Gen.Zip(RandomConditions.Tree, RandomDeals.Roots).ToArbitrary(), pair =>
    {
        var (tree, roots) = pair;
        var text = ConditionWriter.Write(tree);
        var result = Evaluate(text, roots);
        var expected = new DirectVerdict(roots).Of(tree);
        return (result.Error is { Code: ExpressionCodes.TooComplex } || (result.Error is null ? (bool?)result.Value : null) == expected).Label($"{text}: {result.Value} {result.Error?.Message}, directly {expected}; {roots.ToString(Newtonsoft.Json.Formatting.None)}");
    });

    [Theory]
    [InlineData("[deal.price] >= 30000", "[deal.price] >= 30000")]
    [InlineData("deal.price > 40000 and hastag('VIP')", "[deal.price] > 40000 and hastag('VIP')")]
    [InlineData("[deal.price]>5 && ([deal.Город]==\"Казань\" || !contains(deal.name, 'x'))", "[deal.price] > 5 and ([deal.Город] = 'Казань' or not contains([deal.name], 'x'))")]
    [InlineData("deal.price > 1 или deal.price < 0 и изменилось('deal.price')", "[deal.price] > 1 or ([deal.price] < 0 and changed('deal.price'))")]
    [InlineData("not (deal.price > 1 and deal.price < 5)", "not (([deal.price] > 1 and [deal.price] < 5))")]
    [InlineData("changed('deal.price') and old('deal.price') < deal.price", "changed('deal.price') and old('deal.price') < [deal.price]")]
    [InlineData("((deal.price > 1) and deal.name = 'a')", "(([deal.price] > 1) and [deal.name] = 'a')")]
    public void HandWritten_OfKnownLines_IsReadAndMeansTheSame(string text, string written)
    {
        var tree = ConditionReader.Read(text).Tree;

        Assert.NotNull(tree);
        Assert.Equal(written, ConditionWriter.Write(tree));
    }

    [Theory]
    [InlineData("deal.price * 2 > 5 and deal.name = 'a'", "deal.price * 2 > 5")]
    [InlineData("deal.name = 'a' and weekday(now()) = 1", "weekday(now()) = 1")]
    [InlineData("if(deal.price > 1, true, false)", "if(deal.price > 1, true, false)")]
    [InlineData("deal.price > 1 ? true : false", "deal.price > 1 ? true : false")]
    [InlineData("5 < deal.price", "5 < deal.price")]
    [InlineData("deal.closed", "deal.closed")]
    [InlineData("deal.name = null", "deal.name = null")]
    public void HandWritten_WithMore_IsLeftAsText(string text, string part)
    {
        var reading = ConditionReader.Read(text);

        Assert.Null(reading.Tree);
        Assert.Null(reading.Error);
        Assert.Equal(part, reading.Part);
    }

    [Fact]
    public void Broken_Text_TellsWhere()
    {
        var reading = ConditionReader.Read("deal.price > ");

        Assert.Null(reading.Tree);
        Assert.Equal(ExpressionCodes.Invalid, reading.Error!.Code);
    }

    private static EvaluationResult Evaluate(string text, JObject roots)
    {
        var task = Evaluator.EvaluateAsync(new Expression(ExpressionTypes.NCalc, text), new GivenScope(roots), CancellationToken.None).AsTask();
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }
}
