using Automation.Designer.Board;
using Automation.Designer.Trials;
using Automation.Engine.Api.Trials;
using MudBlazor;

namespace Automation.Designer.Pages;

/// <content>The draft tried: on one deal, and on past events.</content>
public sealed partial class FunnelPage
{
    private TrialBoard? trial;
    private CancellationTokenSource? trying;

    private async Task TryAsync(string? card, string? deal = null, Guid? happened = null)
    {
        if (!Session.CanEdit)
        {
            Snackbar.Add(W["try.editors"], Severity.Info);
            return;
        }

        await Dialogs.ShowAsync<TryDialog>(W["try.title"], new DialogParameters<TryDialog>
        {
            { one => one.Slug, Slug }, { one => one.Document, draft.Document }, { one => one.Connection, draft.View!.Connection }, { one => one.Card, card }, { one => one.Deal, deal }, { one => one.Event, happened },
        }, Wide);
    }

    private async Task OpenTrialAsync()
    {
        await CloseTrialAsync();
        (open, trying) = (null, CancellationTokenSource.CreateLinkedTokenSource(closing.Token));
        trial = new(Api, Slug, W.Language, Clock);
        await trial.OpenAsync(trying.Token);
        FollowTrial();
    }

    private async Task CloseTrialAsync()
    {
        if (trying is { } ending) await ending.CancelAsync();
        trying?.Dispose();
        (trying, trial) = (null, null);
    }

    private async Task StartTrialAsync(int days)
    {
        if (trial is null) return;
        await trial.StartAsync(days, closing.Token);
        FollowTrial();
    }

    private async Task CancelTrialAsync()
    {
        if (trial is not null) await trial.CancelAsync(closing.Token);
    }

    private void FollowTrial()
    {
        if (trial is { Running: true } running && trying is { } until) _ = running.FollowAsync(() => InvokeAsync(StateHasChanged), until.Token);
    }

    private TrialMark? MarkOf(string card) => trial?.Find(card) is { } shown ? TrialLooks.Mark(shown, W) : null;

    private void ChooseTrial(string? card)
    {
        if (card is not null && draft.Find(card) is not null) Open(card);
        else open = card;
        if (card is null) chosen.Clear();
    }

    private Task TryExampleAsync((string Card, ExampleView Example) asked) => TryAsync(draft.Find(asked.Card) is null ? null : asked.Card, asked.Example.Deal, asked.Example.Event);
}
