using Automation.Designer.Board;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;

namespace Automation.Designer.Tests.Board;

public sealed class CardCopiesTests
{
    private static readonly FunnelDocument Target = Funnel("b", ["1", "2", "3", "4"], Card("own", order: 30), Card("last", order: 50));

    [Fact]
    public void Into_AnotherFunnel_KeepsTheStagesItHasInItsOwnOrder() =>
        Assert.Equal([Stage("2"), Stage("3")], Assert.Single(Into(Card("a", 1, "3", "gone", "2")).Triggers).When.Stages);

    [Fact]
    public void Into_AnotherFunnel_GivesStrangersItsFirstStageAndCountsThem()
    {
        var fitted = Into(Card("a", 1, "gone"), Card("b", 2, "2"), Card("c", 3, "gone", "gone too"));

        Assert.Equal(2, fitted.Strangers);
        Assert.Equal([Stage("1"), Stage("2"), Stage("1")], fitted.Triggers.Select(card => Assert.Single(card.When.Stages)));
    }

    [Fact]
    public void Into_CardOfEveryStage_StaysOne()
    {
        var fitted = Into(Card("a", 1));

        Assert.Empty(Assert.Single(fitted.Triggers).When.Stages);
        Assert.Equal(0, fitted.Strangers);
    }

    /// <summary>There a card would watch every stage of every pipeline.</summary>
    [Fact]
    public void Into_FunnelWithoutStages_TakesNothing() => Assert.Empty(CardCopies.Into(Funnel("b", []), Copied(Card("a", 1, "2")), null, Copy).Triggers);

    [Fact]
    public void Into_AnotherFunnel_StandsBehindItsCardsInTheirOwnOrder()
    {
        var fitted = Into(Card("first", 1, "2"), Card("second", 2, "2"));

        Assert.Equal([("first-b", 60), ("second-b", 70)], fitted.Triggers.Select(card => (card.Id, card.Order)));
    }

    [Fact]
    public void Into_TheSameFunnelTwice_GivesNewIdsAndNames()
    {
        var once = Into(Card("a", 1, "2"), Card("b", 2, "2")).Triggers;
        var twice = CardCopies.Into(Target with { Triggers = [.. Target.Triggers, .. once] }, Copied(Card("a", 1, "2"), Card("b", 2, "2")), null, Copy).Triggers;

        Assert.Equal(["a", "b"], once.Select(card => card.Name));
        Assert.Equal(["a (copy)", "b (copy)"], twice.Select(card => card.Name));
        Assert.Equal(["a-b-2", "b-b-2"], twice.Select(card => card.Id));
    }

    [Fact]
    public void Into_LongestIds_StayWithinTheirLengthAndApart()
    {
        var (long1, long2) = (new string('x', 63) + "1", new string('x', 63) + "2");

        var ids = CardCopies.Into(Target with { Slug = new string('s', 64) }, Copied(Card(long1, 1, "2"), Card(long2, 2, "2")), null, Copy).Triggers.Select(card => card.Id).ToList();

        Assert.All(ids, id => Assert.InRange(id.Length, 1, 64));
        Assert.Equal(2, ids.Distinct().Count());
    }

    /// <summary>What was cut comes back as the card that it was; a copy beside it is another one.</summary>
    [Theory]
    [InlineData(false, "a", "a")]
    [InlineData(true, "a-2", "a (copy)")]
    public void Into_TheFunnelItCameFrom_TakesItsIdWhereThatIsFree(bool stillThere, string id, string name)
    {
        var card = Card("a", 1, "2");
        var own = Funnel("a", ["1", "2"], stillThere ? [card] : []);

        var pasted = Assert.Single(CardCopies.Into(own, Copied(card), stage: 0, Copy).Triggers);

        Assert.Equal((id, name), (pasted.Id, pasted.Name));
        Assert.Equal([Stage("1")], pasted.When.Stages);
    }

    [Fact]
    public void Into_AStage_PutsTheFirstOfThemThereAndTheOthersAsFar()
    {
        var fitted = CardCopies.Into(Target, Copied(Card("b", 1, "2"), Card("a", 2, "1"), Card("everywhere", 3)), stage: 2, Copy).Triggers;

        Assert.Equal(["4", "3", ""], fitted.Select(card => card.When.Stages.Count == 0 ? "" : card.When.Stages[0].StageId));
    }

    [Fact]
    public void Change_OfOneCard_NamesItOfSeveralCountsThem()
    {
        Assert.Equal((ChangeNames.Copied, "a"), (Copied(Card("a", 1)).Change.Key, Copied(Card("a", 1)).Change.Values[0]));
        Assert.Equal((ChangeNames.CopiedMany, "2"), (Copied(Card("a", 1), Card("b", 2)).Change.Key, Copied(Card("a", 1), Card("b", 2)).Change.Values[0]));
    }

    private static FittedCards Into(params FunnelTrigger[] cards) => CardCopies.Into(Target, Copied(cards), null, Copy);

    private static CopiedCards Copied(params FunnelTrigger[] cards) => new("a", Guid.Empty, cards);

    private static string Copy(string name) => $"{name} (copy)";

    private static FunnelDocument Funnel(string slug, string[] stages, params FunnelTrigger[] cards) => new() { Slug = slug, Name = slug, Stages = [.. stages.Select(stage => new Stage(Stage(stage), stage))], Triggers = cards };

    private static StageRef Stage(string stage) => new("1", stage);

    private static FunnelTrigger Card(string id, int order, params string[] stages) => new() { Id = id, Name = id, Order = order, When = new() { Event = TriggerEvents.EnteredStage, Stages = [.. stages.Select(Stage)] } };
}
