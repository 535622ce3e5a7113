using Automation.Designer.Conditions;
using Automation.Designer.Words;
using Automation.Engine.Api.Conditions;
using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Funnels;
using Bunit;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Automation.Designer.Tests.Conditions;

public sealed class ConditionEditorTests : IAsyncDisposable
{
    private readonly ConditionBench bench = new();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public void Line_ChosenByKeyboard_IsSavedOnceItIsWhole()
    {
        bench.Show(null);
        bench.At("add-line-root").Click();
        bench.Choose("cf-0", "бюд");
        Assert.Empty(bench.Saved);
        Assert.True(bench.Has("condition-lacks"));

        bench.At("cv-0-0").Change("50 000,5");

        Assert.Equal([new Condition(ExpressionTypes.NCalc, "[deal.price] > 50000.5")], bench.Saved);
        Assert.False(bench.Has("condition-lacks"));
        Assert.Contains("бюджет > 50", bench.At("condition-words").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Operator_Changed_KeepsTheValue_AndWaitsForTheSecond()
    {
        bench.Show("[deal.price] > 5");
        bench.At("co-0").Change("Between");
        Assert.Empty(bench.Saved);
        bench.At("cv-0-1").Change("9");
        Assert.Equal("(5 <= [deal.price] and [deal.price] <= 9)", Assert.Single(bench.Saved)!.Text);
    }

    [Fact]
    public void Field_OfAnotherKind_BeginsAnew()
    {
        bench.Show("[deal.price] > 5");
        bench.Choose("cf-0", "источник");
        Assert.Empty(bench.Saved);
        bench.At("cv-0-0").Change("Сайт");
        Assert.Equal("[deal.cf.7] = 'Сайт'", Assert.Single(bench.Saved)!.Text);
    }

    [Fact]
    public void Group_AddedAndTurned_IsNested()
    {
        bench.Show("[deal.price] > 5 and hastag('VIP')");
        bench.At("wrap-1").Click();
        bench.Choose("cf-1.1", "согл");
        bench.At("ck-1").Change("None");

        Assert.Equal("[deal.price] > 5 and not (hastag('VIP') or in(text([deal.cf.9]), 'true', '1'))", bench.Saved[^1]!.Text);
        bench.At("unwrap-1").Click();
        Assert.Equal("[deal.price] > 5 and hastag('VIP') and in(text([deal.cf.9]), 'true', '1')", bench.Saved[^1]!.Text);
    }

    [Fact]
    public void GroupOfOne_StaysTheGroupItIs()
    {
        bench.Show("[deal.price] > 5 or false");
        Assert.Equal("Any", bench.At("ck-root").QuerySelector("option[selected]")!.GetAttribute("value"));
    }

    [Fact]
    public void LastLine_Removed_MeansAlways()
    {
        bench.Show("[deal.price] > 5");
        bench.At("remove-0").Click();
        Assert.Equal([null], bench.Saved);
    }

    [Fact]
    public void EmptiedValue_TakesNothingAway()
    {
        bench.Show("[deal.price] > 5 and hastag('VIP')");
        bench.At("cv-0-0").Change("");
        Assert.Empty(bench.Saved);
        Assert.True(bench.Has("condition-lacks"));
    }

    [Fact]
    public void Formula_AndBack_ChangesNothing()
    {
        bench.Show("deal.price>5   &&   hastag(\"VIP\")");
        bench.At("condition-formula").Click();
        Assert.Equal("[deal.price] > 5 and hastag('VIP')", bench.At("condition-text").GetAttribute("value"));
        bench.At("condition-builder").Click();
        Assert.Equal("Бюджет", bench.At("cf-0").GetAttribute("value"));
        Assert.Empty(bench.Saved);
    }

    [Fact]
    public void Formula_Written_IsShownByTheBuilder()
    {
        bench.Show(null);
        bench.At("condition-formula").Click();
        bench.At("condition-text").Input("[deal.price] > 5 or not contains([deal.name], 'x')");
        bench.At("condition-text").Change("[deal.price] > 5 or not contains([deal.name], 'x')");
        bench.At("condition-builder").Click();
        Assert.Equal("[deal.price] > 5 or not contains([deal.name], 'x')", Assert.Single(bench.Saved)!.Text);
        Assert.Equal("NotContains", bench.At("co-1").QuerySelector("option[selected]")!.GetAttribute("value"));
    }

    [Fact]
    public void Formula_ThatTheBuilderCannotHold_StaysText_AndSaysWhichPart()
    {
        bench.Show("deal.price * 2 > 5 and hastag('VIP')");
        Assert.Equal("deal.price * 2 > 5 and hastag('VIP')", bench.At("condition-text").GetAttribute("value"));
        Assert.Contains("deal.price * 2 > 5", bench.At("condition-hint").TextContent, StringComparison.Ordinal);
        bench.At("condition-builder").Click();
        Assert.True(bench.Has("condition-text"));
        Assert.Contains("«deal.price * 2 > 5»", bench.At("condition-hint").TextContent, StringComparison.Ordinal);
        Assert.Empty(bench.Saved);
    }

    [Fact]
    public void Script_IsAskedFor_AndNeverReadBack()
    {
        bench.Show("[deal.price] > 5");
        bench.At("condition-script").Click();
        Assert.Empty(bench.Saved);
        bench.At("condition-no").Click();
        Assert.True(bench.Has("condition-words"));

        bench.At("condition-script").Click();
        bench.At("condition-yes").Click();
        Assert.Equal(new Condition(ExpressionTypes.JavaScript, ConditionJavaScript.Write(ConditionReader.Read("[deal.price] > 5").Tree!)), bench.Saved[^1]);

        bench.At("condition-builder").Click();
        Assert.True(bench.Has("condition-text"));
        bench.At("condition-yes").Click();
        Assert.Null(bench.Saved[^1]);
        Assert.False(bench.Has("cf-0"));
    }

    [Fact]
    public void Deal_Chosen_ShowsEachPart()
    {
        bench.Show("[deal.price] > 50000 and ([deal.cf.7] = 'Звонок' or hastag('VIP'))", deal: "91");
        Assert.Contains("holds", bench.At("tried-0").ClassName, StringComparison.Ordinal);
        Assert.Contains("70", bench.At("tried-0").TextContent, StringComparison.Ordinal);
        Assert.Contains("fails", bench.At("tried-1.0").ClassName, StringComparison.Ordinal);
        Assert.Contains("Сайт", bench.At("tried-1.0").TextContent, StringComparison.Ordinal);
        Assert.Contains("holds", bench.At("tried-1").ClassName, StringComparison.Ordinal);
        Assert.Contains("«Ремонт» условие выполняется", bench.At("condition-verdict").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_WhileTyped_IsTriedAfterAPause_AndNotSaved()
    {
        bench.Show("[deal.price] > 50000", deal: "91");
        bench.At("cv-0-0").Input("8");
        bench.At("cv-0-0").Input("80000");
        Assert.Single(bench.Tried);
        bench.Clock.Advance(TimeSpan.FromMilliseconds(300));
        bench.Editor.WaitForAssertion(() => Assert.Contains("fails", bench.At("tried-0").ClassName, StringComparison.Ordinal));
        Assert.Equal(["[deal.price] > 50000", "[deal.price] > 80000"], bench.Tried);
        Assert.Empty(bench.Saved);
    }

    [Fact]
    public void LineThatIsNotWhole_IsPassedOver_AndTheOthersAreTried()
    {
        bench.Show("[deal.price] > 50000 and hastag('VIP')", deal: "91");
        bench.At("cv-0-0").Change("");
        Assert.False(bench.Has("tried-0"));
        Assert.Contains("holds", bench.At("tried-1").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void Viewer_ChangesNothing()
    {
        bench.Show("[deal.price] > 50000 and ([deal.cf.7] = 'Сайт' or hastag('VIP'))", editable: false);
        Assert.All(bench.Editor.FindAll("input, select, textarea"), field => Assert.True(field.HasAttribute("disabled")));
        Assert.Empty(bench.Editor.FindAll(".condition-builder button:not([disabled])"));
        bench.At("condition-formula").Click();
        Assert.True(bench.At("condition-text").HasAttribute("disabled"));
        Assert.True(bench.At("condition-script").HasAttribute("disabled"));
        Assert.Empty(bench.Saved);
    }

    [Fact]
    public void Undone_OutsideTheEditor_IsShown()
    {
        bench.Show("[deal.price] > 5");
        bench.At("cv-0-0").Change("6");
        bench.Give(new(ExpressionTypes.NCalc, "[deal.price] > 5"));
        Assert.Equal("5", bench.At("cv-0-0").GetAttribute("value"));
    }

    [Fact]
    public void Refused_Change_IsSentAgain()
    {
        bench.Show("[deal.price] > 5");
        bench.Refuses = true;
        bench.At("cv-0-0").Change("6");
        bench.Refuses = false;
        bench.At("cv-0-0").Change("6");
        Assert.Equal(["[deal.price] > 6", "[deal.price] > 6"], bench.Saved.Select(one => one!.Text));
    }

    [Fact]
    public void AnyTree_Shown_IsNotChanged() => Assert.All(RandomConditions.Tree.Sample(60, 30), tree =>
    {
        var text = ConditionWriter.Write(tree);
        if (ConditionReader.Read(text).Error is not null) return;
        bench.Show(text);
        Assert.True(bench.Has("condition-words"), text);
        Assert.Empty(bench.Saved);
    });

    [Property(MaxTest = 1_000)]
    public Property Tree_WithoutNothing_IsItself() => Prop.ForAll(RandomConditions.Tree.ToArbitrary(), tree => ConditionEdits.Without(tree, _ => false).Tree.Equals(tree));

    [Fact]
    public void Words_OfEveryComparisonAndOwner_AreThere()
    {
        var fields = ConditionFields.Of(Samples.Directory, true).All;
        var keys = Enum.GetValues<FieldKind>().SelectMany(kind => Enum.GetValues<ConditionOperator>().Select(op => OperatorWords.KeyOf(op, kind))).Concat(fields.Select(field => $"condition.owner.{field.Owner}"));
        Assert.DoesNotContain(keys, key => !WordBook.Of("ru").ContainsKey(key));
    }
}
