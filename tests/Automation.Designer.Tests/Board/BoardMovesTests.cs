using Automation.Designer.Board;
using Automation.Engine.Funnels;

namespace Automation.Designer.Tests.Board;

public sealed class BoardMovesTests
{
    /// <summary>With no stage left it would watch every one.</summary>
    [Fact]
    public void Move_OfACardWhoseStagesAreGone_GivesItTheStageItIsPutAt()
    {
        var document = new FunnelDocument
        {
            Slug = "s",
            Name = "Воронка",
            Stages = [new(new("1", "1"), "Новая"), new(new("1", "2"), "Встреча"), new(new("1", "3"), "Счёт")],
            Triggers = [new() { Id = "a", Name = "А", When = new() { Event = TriggerEvents.EnteredStage, Stages = [new("1", "gone")] } }],
        };

        var moved = Assert.Single(BoardMoves.Move(document, ["a"], "a", stage: 1, Band.Entering, before: null));

        Assert.Equal([new StageRef("1", "2")], moved.When.Stages);
    }
}
