using Automation.Designer.Board;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Automation.Designer.Pages;

/// <content>Several cards at once, and cards on their way into another funnel.</content>
public sealed partial class FunnelPage
{
    [Inject]
    private CardClipboard Clipboard { get; set; } = null!;

    private List<FunnelTrigger> Selected => [.. draft.Document.Triggers.Where(trigger => chosen.Contains(trigger.Id))];

    private void Mark(IReadOnlyList<string> ids)
    {
        chosen.Clear();
        chosen.UnionWith(ids);
        if (ids.Count > 0 && !chosen.Contains(reachable ?? "")) reachable = ids[0];
    }

    private void Toggle(string id)
    {
        if (!chosen.Add(id)) chosen.Remove(id);
    }

    private Task ClearAsync()
    {
        chosen.Clear();
        return KeepFocusAsync();
    }

    private async Task RemoveSelectedAsync()
    {
        await RemoveAsync([.. chosen]);
        await KeepFocusAsync();
    }

    // The button that was pressed goes with the selection.
    private async Task KeepFocusAsync()
    {
        StateHasChanged();
        if (board is not null) await board.KeepFocusAsync();
    }

    private CopiedCards Taken(IReadOnlyList<string> ids) =>
        new(draft.Document.Slug, draft.View!.ConnectionId, [.. BoardLayout.Ordered(draft.Document).Where(trigger => ids.Contains(trigger.Id))]);

    /// <param name="stage">Null where no card has the focus: the cards stay at their own stages.</param>
    private async Task PasteAsync(int? stage)
    {
        if (!CanEdit || Clipboard.Cards is not { } copied) return;
        var fitted = CardCopies.Into(draft.Document, copied, stage, NameOfCopy);
        if (fitted.Triggers.Count == 0) return;
        if (stage is null && fitted.Strangers > 0) Snackbar.Add(W.Count("copyTo.strangers", fitted.Strangers), Severity.Info);
        if (copied.Connection != draft.View!.ConnectionId) Snackbar.Add(W["copyTo.connection"], Severity.Info);
        await draft.PutAsync(copied.Change, fitted.Triggers, W.Language, closing.Token);
    }

    private async Task CopyToAsync(IReadOnlyList<string> ids)
    {
        if (!CanEdit || ids.Count == 0) return;
        var copied = Taken(ids);
        var dialog = await Dialogs.ShowAsync<CopyToDialog>(W["copyTo.title"], new DialogParameters<CopyToDialog> { { one => one.Copied, copied } }, Narrow);
        if (await dialog.Result is not { Canceled: false, Data: FunnelView funnel }) return;
        if (ids.Count > 1) await ClearAsync();
        Snackbar.Add(W["copyTo.done", W.Count("copyTo.cards", copied.Triggers.Count), funnel.Name], Severity.Success, options =>
        {
            options.Action = W["copyTo.open"];
            options.OnClick = _ => Go($"/funnels/{funnel.Slug}");
        });
    }
}
