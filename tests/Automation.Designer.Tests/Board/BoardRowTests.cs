using Automation.Designer.Board;
using Automation.Designer.Words;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Automation.Engine.Workflows.Interpreter;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Designer.Tests.Board;

/// <summary>Of a board of hundreds of cards only what changed is made and drawn anew.</summary>
public sealed class BoardRowTests
{
    private static readonly StageRef Stage = new("1", "2");
    private static readonly FunnelDocument Document = new() { Slug = "s", Name = "Воронка", Stages = [new(Stage, "Новая")], Triggers = [Trigger("a"), Trigger("b")] };
    private static readonly BoardLayout Layout = BoardLayout.Of(Document);
    private static readonly DraftView View = new(Guid.Empty, "s", "Воронка", Guid.Empty, null, 1, null, null, new(), null, null, [], []);
    private readonly CardLooks looks = new(new CardWords(new TriggerWords(new ActivityRegistry())), new ScreenWords());

    [Fact]
    public void Look_OfACardThatDidNotChange_IsTheSameObject()
    {
        looks.Use(View, Document, Layout, null);
        var (a, b) = (Look(0), Look(1));
        looks.Use(View, Document, Layout, null);
        Assert.Same(a, Look(0));
        Assert.NotEqual(b, Look(1, chosen: true));
        Assert.True(Look(1, chosen: true).Chosen);
        // A problem of it is another look.
        looks.Use(View with { Problems = [new("error", "field_unknown", "a", "if", "Поля нет", [])] }, Document, Layout, null);
        Assert.Equal((1, 0), (Look(0).Errors, Look(1).Errors));
        Assert.Contains("ошибка", Look(0).State, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_IsDrawnAgain_OnlyWhenALookOfItChanged()
    {
        await using var page = new BunitContext();
        page.Services.AddSingleton<ScreenWords>();
        looks.Use(View, Document, Layout, null);
        var chosen = "";
        var row = page.Render<BoardRow>(parameters => parameters.Add(one => one.Cards, Layout.Lanes[Band.Entering][0]).Add(one => one.LookOf, card => Look(card, card.Trigger.Id == chosen)));
        var cards = row.FindComponents<BoardCard>();
        row.Render();
        Assert.Equal((1, 1), (row.RenderCount, cards[0].RenderCount));
        chosen = "a";
        row.Render();
        Assert.Equal(2, cards[0].RenderCount);
        Assert.Equal("true", row.Find("[data-card=a]").GetAttribute("aria-selected"));
    }

    private CardLook Look(int row, bool chosen = false) => Look(Layout.Lanes[Band.Entering][row][0], chosen);

    private CardLook Look(CardPlace card, bool chosen) => looks.Of(card, null, chosen, reachable: false, null);

    private static FunnelTrigger Trigger(string id) => new() { Id = id, Name = id, When = new() { Event = TriggerEvents.EnteredStage, Stages = [Stage] } };
}
