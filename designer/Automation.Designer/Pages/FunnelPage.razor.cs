using Automation.Designer.Board;
using Automation.Designer.Session;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Newtonsoft.Json;

namespace Automation.Designer.Pages;

/// <summary>The board of one funnel with the flow of the chosen card beside it.</summary>
public sealed partial class FunnelPage : IDisposable
{
    private readonly CancellationTokenSource closing = new();
    private readonly HashSet<string> chosen = new(StringComparer.Ordinal);
    private DraftStore draft = null!;
    private CardLooks looks = null!;
    private BoardLayout layout = BoardLayout.Of(new() { Slug = "", Name = "" });
    private Dictionary<string, StageNumbers> stageNumbers = new(StringComparer.Ordinal);
    private Dictionary<string, CardNumbers> cardNumbers = new(StringComparer.Ordinal);
    private CrmDirectory? directory;
    private FunnelBoard? board;
    private BoardMode mode = BoardMode.Edit;
    private string? open, reachable, place;
    private bool showProblems;
    private IReadOnlyList<string> people = [];

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Inject]
    private CardWords Words { get; set; } = null!;

    [Parameter]
    public string Slug { get; set; } = "";

    /// <summary>The card that is open, so that an address leads to it.</summary>
    [SupplyParameterFromQuery]
    public string? Card { get; set; }

    private bool CanEdit => Session.CanEdit && mode == BoardMode.Edit;

    public void Dispose()
    {
        draft.Changed -= Redraw;
        draft.Refused -= Tell;
        watching?.Cancel();
        watching?.Dispose();
        trying?.Dispose();
        draft.Dispose();
        closing.Cancel();
        closing.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        (draft, looks) = (new(Api), new(Words, W));
        draft.Changed += Redraw;
        draft.Refused += Tell;
        await ReloadAsync();
        if (Card is not null && draft.Find(Card) is not null) Open(Card);
        _ = HearAsync();
    }

    /// <summary>What others do with the draft while the page is open, and who they are.</summary>
    private async Task HearAsync()
    {
        await foreach (var item in EventStream.ReadAsync(Api, $"api/funnels/{Slug}/draft/live", Clock, () => Task.CompletedTask, closing.Token))
        {
            if (item.EventType != "draft" || JsonConvert.DeserializeObject<DraftSigns>(item.Data, ApiJson.Settings) is not { } signs) continue;
            await InvokeAsync(async () =>
            {
                people = [.. signs.People.Where(name => name != Session.View?.UserName)];
                var published = draft.View!.Version != signs.Version && !draft.IsSaving;
                if (published) await draft.LoadAsync(Slug, W.Language, closing.Token);
                else if (!await draft.HearAsync(signs.Revision, W.Language, closing.Token)) StateHasChanged();
            });
        }
    }

    private async Task ReloadAsync()
    {
        await draft.LoadAsync(Slug, W.Language, closing.Token);
        directory = draft.View?.Connection is { } connection ? await DirectoryAsync(connection) : null;
        await CountAsync();
        Redraw();
    }

    private async Task<CrmDirectory?> DirectoryAsync(string connection)
    {
        try
        {
            return await Api.GetAsync<CrmDirectory>($"api/connections/{Uri.EscapeDataString(connection)}/directory", closing.Token);
        }
        catch (ApiException e) when (e.Status == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task CountAsync()
    {
        var numbers = await Api.GetAsync<BoardNumbers>($"api/funnels/{Slug}/numbers?days=7", closing.Token);
        stageNumbers = numbers.Stages.ToDictionary(one => one.Ref, StringComparer.Ordinal);
        cardNumbers = numbers.Cards.ToDictionary(one => one.Trigger, StringComparer.Ordinal);
    }

    private void Redraw()
    {
        layout = BoardLayout.Of(draft.Document);
        chosen.RemoveWhere(id => draft.Find(id) is null);
        if (open is not null && draft.Find(open) is null) open = null;
        if (reachable is null || draft.Find(reachable) is null) reachable = layout.Cards.FirstOrDefault()?.Trigger.Id;
        _ = InvokeAsync(StateHasChanged);
    }

    private void Tell(string refusal) => Snackbar.Add(refusal, Severity.Warning);

    private CardLook LookOf(CardPlace card)
    {
        looks.Use(draft.View!, draft.Document, layout, directory);
        return looks.Of(card, Counted(card.Trigger.Id).Sum, chosen.Contains(card.Trigger.Id), card.Trigger.Id == reachable, MarkOf(card.Trigger.Id));
    }

    private string NameOf(string part) => draft.Find(part)?.Name ?? draft.View?.Name ?? part;
}
