using Automation.Designer.Board;
using Automation.Designer.Session;
using Automation.Designer.Start;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Automation.Designer.Pages;

/// <content>What the toolbar and the page's keys ask for.</content>
public sealed partial class FunnelPage
{
    private static readonly DialogOptions Wide = new() { MaxWidth = MaxWidth.Large, FullWidth = true, CloseButton = true };
    private static readonly DialogOptions Middle = new() { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseButton = true };
    private static readonly DialogOptions Narrow = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseButton = true };

    private Task PageKeyAsync((string Code, bool Shift) key) => key switch
    {
        { Code: "KeyZ", Shift: false } => UndoAsync(),
        { Code: "KeyZ" or "KeyY" } => RedoAsync(),
        { Code: "KeyK" } => SearchAsync(),
        { Code: "KeyS" } => SaidSavedAsync(),
        { Code: "Enter" } => Session.CanPublish ? PublishAsync() : Task.CompletedTask,
        { Code: "KeyJ" } => Go($"/journal?funnel={Slug}"),
        { Code: "Slash" } => CommandAsync(new(BoardCommands.Keys)),
        { Code: "KeyV" } => PasteAsync(null),
        { Code: "Escape" } when open is not null => CloseAsync(),
        { Code: "Escape" } when chosen.Count > 0 => ClearAsync(),
        _ => Task.CompletedTask,
    };

    private Task CommandAsync(BoardCommand command) => command.Name switch
    {
        BoardCommands.Export => Go($"/api/funnels/{Slug}/export?version=draft", leave: true),
        BoardCommands.Keys => Dialogs.ShowAsync<KeysDialog>(W["keys.title"], Narrow),
        BoardCommands.Changes => Dialogs.ShowAsync<ChangesDialog>(W["changes.title"], new DialogParameters<ChangesDialog> { { one => one.Slug, Slug } }, Narrow),
        BoardCommands.History => RestoreAsync(),
        BoardCommands.Try => TryAsync(command.Card),
        BoardCommands.BackTest => ChangeModeAsync(BoardMode.Trial),
        BoardCommands.Templates => AddTemplateAsync(),
        BoardCommands.Explain => Dialogs.ShowAsync<ExplainDialog>(W["command.explain"].TrimEnd('…'), new DialogParameters<ExplainDialog> { { one => one.Slug, Slug } }, Middle),
        BoardCommands.Import => ImportAsync(),
        BoardCommands.Diagram when command.Card is { } card => OpenDiagramAsync(card),
        BoardCommands.Switch when command.Card is { } card && draft.Find(card) is { } trigger => SwitchAsync([card], !trigger.Enabled),
        BoardCommands.Remove when command.Card is { } card => RemoveAsync([card]),
        BoardCommands.CopyTo when command.Card is { } card => CopyToAsync([card]),
        BoardCommands.Copy when command.Card is { } card && layout.Cards.FirstOrDefault(one => one.Trigger.Id == card) is { } at => DropAsync(new([card], card, at.From, at.Band, null, Copy: true)),
        _ => Task.CompletedTask,
    };

    private async Task PublishAsync()
    {
        if (!Session.CanPublish) return;
        await draft.SettledAsync(closing.Token);
        var parameters = new DialogParameters<PublishDialog> { { one => one.View, draft.View! }, { one => one.NameOf, NameOf } };
        var dialog = await Dialogs.ShowAsync<PublishDialog>(W["publish.title"], parameters, Middle);
        switch (await dialog.Result)
        {
            case { Canceled: false, Data: SavedFunnel published }:
                Snackbar.Add(W["publish.done", published.Version], Severity.Success);
                await ReloadAsync();
                break;
            case { Canceled: false, Data: ProblemView problem }:
                await JumpAsync(problem);
                break;
        }
    }

    private async Task ImportAsync()
    {
        var dialog = await Dialogs.ShowAsync<ImportDialog>(W["command.import"].TrimEnd('…'), Narrow);
        if (await dialog.Result is not { Canceled: false, Data: FunnelDocument read }) return;
        var edits = DraftMerge.Between(draft.Document, read with { Slug = draft.Document.Slug, Connection = draft.Document.Connection });
        if (edits.Count > 0) await draft.ChangeAsync(new(new(ChangeNames.Imported, []), edits), W.Language, closing.Token);
    }

    /// <summary>The card's workflow as a diagram in Studio, on a working copy.</summary>
    private async Task OpenDiagramAsync(string card)
    {
        try
        {
            var copy = await Api.PostAsync<Newtonsoft.Json.Linq.JObject>($"api/funnels/{Slug}/triggers/{Uri.EscapeDataString(card)}/studio", null, closing.Token);
            Navigation.NavigateTo((string)copy["url"]!, forceLoad: true);
        }
        catch (ApiException e)
        {
            Snackbar.Add(e.Message, Severity.Error);
        }
    }

    private async Task RestoreAsync()
    {
        var dialog = await Dialogs.ShowAsync<VersionsDialog>(W["versions.title"], new DialogParameters<VersionsDialog> { { one => one.Slug, Slug } }, Middle);
        if (await dialog.Result is not { Canceled: false, Data: int version }) return;
        await Api.PostAsync<SavedFunnel>($"api/funnels/{Slug}/restore/{version}", null, closing.Token);
        Snackbar.Add(W["versions.restored", version], Severity.Success);
        await ReloadAsync();
    }

    private async Task AddTemplateAsync()
    {
        var dialog = await Dialogs.ShowAsync<TemplatesDialog>(W["templates.title"], new DialogParameters<TemplatesDialog> { { one => one.Document, draft.Document } }, Wide);
        if (await dialog.Result is not { Canceled: false, Data: TemplateView template }) return;
        var triggers = template.Triggers.Select(FunnelJson.ReadTrigger).ToList();
        await draft.PutAsync(new(ChangeNames.FromTemplate, [template.Name]), triggers, W.Language, closing.Token);
        Open(triggers[0].Id);
    }

    private async Task SearchAsync()
    {
        var items = layout.Cards.Select(Item).ToList();
        var dialog = await Dialogs.ShowAsync<SearchDialog>(W["search.title"], new DialogParameters<SearchDialog> { { one => one.Items, items } }, Narrow);
        if (await dialog.Result is not { Canceled: false, Data: string card }) return;
        Open(card);
        StateHasChanged();
        if (board is not null) await board.FocusAsync(card);
    }

    private SearchDialog.Item Item(CardPlace card)
    {
        var (look, trigger) = (LookOf(card), card.Trigger);
        var text = $"{trigger.Name} {look.Sentence} {trigger.If?.Text} {trigger.When.Field} {trigger.When.Tag} {trigger.Then?.ToString(Newtonsoft.Json.Formatting.None)}";
        return new(trigger.Id, trigger.Name, look.Icon, look.Sentence, text, look.Errors > 0, !trigger.Enabled, look.Numbers?.Failed > 0);
    }

    // The draft saves itself; who presses Ctrl+S wants to hear it.
    private Task SaidSavedAsync()
    {
        Snackbar.Add(W[draft.IsSaving ? "toolbar.saving" : "toolbar.savedItself"], Severity.Info);
        return Task.CompletedTask;
    }

    private Task Go(string address, bool leave = false)
    {
        Navigation.NavigateTo(address, forceLoad: leave);
        return Task.CompletedTask;
    }
}
