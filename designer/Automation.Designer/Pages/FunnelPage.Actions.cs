using Automation.Designer.Board;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Automation.Designer.Pages;

/// <content>What is done with cards: by mouse, by keyboard, from the toolbar. Each is one named change of the draft.</content>
public sealed partial class FunnelPage
{
    private Task UndoAsync() => CanEdit ? draft.UndoAsync(W.Language, closing.Token) : Task.CompletedTask;

    private Task RedoAsync() => CanEdit ? draft.RedoAsync(W.Language, closing.Token) : Task.CompletedTask;

    private void Choose((string Id, bool More) choice)
    {
        reachable = choice.Id;
        if (!choice.More) chosen.Clear();
        Toggle(choice.Id);
        if (!choice.More) Open(choice.Id);
    }

    private Task DropAsync(CardDrop drop)
    {
        if (!CanEdit) return Task.CompletedTask;
        if (drop.Copy)
        {
            var copies = BoardMoves.Copy(draft.Document, drop.Ids, drop.Dragged, drop.Stage, drop.Band, drop.Before, NameOfCopy);
            return draft.PutAsync(Many(drop.Ids, ChangeNames.Copied, ChangeNames.CopiedMany), copies, W.Language, closing.Token);
        }

        var moved = BoardMoves.Move(draft.Document, drop.Ids, drop.Dragged, drop.Stage, drop.Band, drop.Before);
        return draft.PutAsync(Many(drop.Ids, ChangeNames.Moved, ChangeNames.MovedMany), moved, W.Language, closing.Token);
    }

    private Task StretchAsync((string Id, int From, int To) span) => CanEdit && draft.Find(span.Id) is { } trigger
        ? draft.PutAsync(new(ChangeNames.Stretched, [trigger.Name]), [BoardMoves.Stretch(draft.Document, trigger, span.From, span.To)], W.Language, closing.Token)
        : Task.CompletedTask;

    private async Task KeyAsync(CardKey key)
    {
        if (layout.Cards.FirstOrDefault(card => card.Trigger.Id == key.Card) is not { } card) return;
        reachable = key.Card;
        var ids = chosen.Contains(key.Card) ? chosen.ToList() : [key.Card];
        // What only chooses or copies leaves the focus alone: it may be on its way to the next card.
        switch (key)
        {
            case { Code: "Enter" }: Open(key.Card); break;
            case { Code: "KeyC", Control: true }: Clipboard.Cards = Taken(ids); return;
            case { Code: "KeyA", Control: true }: Mark([.. layout.Cards.Select(one => one.Trigger.Id)]); return;
            case { Code: "Space", Control: true }: Toggle(key.Card); return;
            case { Code: "KeyT" }: await CommandAsync(new(BoardCommands.Try, key.Card)); break;
            case var _ when !CanEdit: break;
            case { Code: "KeyX", Control: true }:
                Clipboard.Cards = Taken(ids);
                await RemoveAsync(ids);
                break;
            case { Code: "KeyV", Control: true }: await PasteAsync(card.From); break;
            case { Code: "KeyD", Control: true }: await DropAsync(new(ids, key.Card, card.From, card.Band, null, Copy: true)); break;
            case { Code: "Delete" }: await RemoveAsync(ids); break;
            case { Code: "Space" }: await SwitchAsync(ids, !card.Trigger.Enabled); break;
            case { Code: "KeyN" }: await AddAsync((card.From, card.Band)); break;
            case { Shift: true, Code: "ArrowRight" } when !card.Everywhere: await StretchAsync((key.Card, card.From, Math.Min(card.To + 1, layout.Stages.Count - 1))); break;
            case { Shift: true, Code: "ArrowLeft" } when !card.Everywhere && card.To > card.From: await StretchAsync((key.Card, card.From, card.To - 1)); break;
            case { Alt: true, Code: "ArrowRight" or "ArrowLeft" or "ArrowUp" or "ArrowDown" }: await StepAsync(card, key.Code); break;
        }

        if (board is not null && draft.Find(key.Card) is not null && key.Code != "Enter") await board.FocusAsync(key.Card);
    }

    /// <summary>Moves a card by one: to the next stage, or before or behind its neighbour in the order.</summary>
    private Task StepAsync(CardPlace card, string code)
    {
        if (code is "ArrowRight" or "ArrowLeft")
        {
            var stage = card.From + (code == "ArrowRight" ? 1 : -1);
            return card.Everywhere || stage < 0 || stage + card.To - card.From >= layout.Stages.Count ? Task.CompletedTask : DropAsync(new([card.Trigger.Id], card.Trigger.Id, stage, card.Band, null, Copy: false));
        }

        var column = layout.Lanes[card.Band].SelectMany(row => row).Where(other => other.From <= card.From && other.To >= card.From).ToList();
        var at = column.FindIndex(other => other.Trigger.Id == card.Trigger.Id);
        return code == "ArrowUp"
            ? at == 0 ? Task.CompletedTask : DropAsync(new([card.Trigger.Id], card.Trigger.Id, card.From, card.Band, column[at - 1].Trigger.Id, Copy: false))
            : at == column.Count - 1 ? Task.CompletedTask : DropAsync(new([card.Trigger.Id], card.Trigger.Id, card.From, card.Band, at + 2 < column.Count ? column[at + 2].Trigger.Id : null, Copy: false));
    }

    private Task RemoveAsync(IReadOnlyList<string> ids) => draft.RemoveAsync(Many(ids, ChangeNames.Removed, ChangeNames.RemovedMany), ids, W.Language, closing.Token);

    /// <summary>Switching off stops what runs once it is published: it is asked for.</summary>
    private async Task SwitchAsync(IReadOnlyList<string> ids, bool on)
    {
        var switched = ids.Select(draft.Find).OfType<FunnelTrigger>().Where(trigger => trigger.Enabled != on).Select(trigger => trigger with { Enabled = on }).ToList();
        if (switched.Count == 0) return;
        var question = on ? W["switch.askOn", switched[0].Name] : W["switch.askOff", switched[0].Name];
        if (switched.Count > 1) question = W.Count(on ? "switch.askOnMany" : "switch.askOffMany", switched.Count);
        if (await Dialogs.ShowMessageBoxAsync(W["switch.title"], question, W[on ? "switch.on" : "switch.off"], cancelText: W["cancel"]) != true) return;
        var name = switched.Count == 1 ? new ChangeName(on ? ChangeNames.SwitchedOn : ChangeNames.SwitchedOff, [switched[0].Name]) : new(ChangeNames.SwitchedMany, [$"{switched.Count}"]);
        await draft.PutAsync(name, switched, W.Language, closing.Token);
    }

    private async Task AddAsync((int Stage, Band Band) where)
    {
        if (!CanEdit) return;
        var parameters = new DialogParameters<AddTriggerDialog> { { one => one.Document, draft.Document }, { one => one.Stage, where.Stage }, { one => one.Band, where.Band } };
        var dialog = await Dialogs.ShowAsync<AddTriggerDialog>(W["add.title"], parameters, new() { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseButton = true });
        if (await dialog.Result is not { Canceled: false, Data: FunnelTrigger trigger }) return;
        await draft.PutAsync(new(ChangeNames.Added, [trigger.Name]), [trigger], W.Language, closing.Token);
        Open(trigger.Id);
    }

    private void Open(string card, string? at = null)
    {
        (open, place, reachable) = (card, at, card);
        if (!chosen.Contains(card))
        {
            chosen.Clear();
            chosen.Add(card);
        }

        Address(card);
    }

    /// <summary>The address leads to what is open; without a navigation, which would draw the whole page once more.</summary>
    private void Address(string? card) => _ = Browser.InvokeVoidAsync("history.replaceState", closing.Token, null, "", Navigation.GetUriWithQueryParameter("card", card)).AsTask();

    private async Task CloseAsync()
    {
        var card = open;
        open = null;
        Address(null);
        StateHasChanged();
        if (card is not null && board is not null) await board.FocusAsync(card);
    }

    private void ToggleProblems() => showProblems = !showProblems;

    private async Task JumpAsync(ProblemView problem)
    {
        if (draft.Find(problem.Part) is null) return;
        Open(problem.Part, problem.Place);
        if (board is not null) await board.FocusAsync(problem.Part);
    }

    private Task FixAsync(FixView fix) => CanEdit ? draft.ChangeAsync(fix.Edit, W.Language, closing.Token) : Task.CompletedTask;

    private ChangeName Many(IReadOnlyList<string> ids, string one, string many) =>
        ids.Count == 1 ? new(one, [draft.Find(ids[0])?.Name ?? ids[0]]) : new(many, [$"{ids.Count}"]);

    private string NameOfCopy(string name) => W["card.copy", name];
}
