using Automation.Designer.Live;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Automation.Designer.Board;

/// <summary>A drag's end: which cards, the one that was held, where to.</summary>
public sealed record CardDrop(IReadOnlyList<string> Ids, string Dragged, int Stage, Band Band, string? Before, bool Copy);

/// <summary>A key pressed on a card.</summary>
/// <param name="Code">Of the key's place, so that it is the same on every layout: KeyN, ArrowLeft, Space.</param>
public sealed record CardKey(string Card, string Code, bool Control, bool Shift, bool Alt);

/// <summary>The board itself: what is on it comes in, what is done with it goes out. It keeps nothing.</summary>
public sealed partial class FunnelBoard : IAsyncDisposable
{
    private static readonly string[] Palette = ["#6b8cae", "#4f9da6", "#c9a227", "#d07c3a", "#8a6fb3", "#5b8f5b"];
    private ElementReference element;
    private DotNetObjectReference<FunnelBoard>? self;
    private IJSObjectReference? script, attached;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Parameter, EditorRequired]
    public FunnelDocument Document { get; set; } = null!;

    [Parameter, EditorRequired]
    public BoardLayout Layout { get; set; } = null!;

    [Parameter, EditorRequired]
    public Func<CardPlace, CardLook> LookOf { get; set; } = null!;

    [Parameter]
    public IReadOnlyDictionary<string, StageNumbers>? Stages { get; set; }

    [Parameter]
    public bool Editable { get; set; }

    /// <summary>It shows a trial, not what holds.</summary>
    [Parameter]
    public bool Trial { get; set; }

    /// <summary>Deals that move over it; null where it does not show what runs.</summary>
    [Parameter]
    public IReadOnlyCollection<LiveDeal>? Dots { get; set; }

    [Parameter]
    public string? Followed { get; set; }

    [Parameter]
    public EventCallback<string?> OnFollow { get; set; }

    [Parameter]
    public EventCallback<(string Id, bool More)> OnChosen { get; set; }

    [Parameter]
    public EventCallback<IReadOnlyList<string>> OnMarked { get; set; }

    [Parameter]
    public EventCallback<CardDrop> OnDropped { get; set; }

    [Parameter]
    public EventCallback<(string Id, int From, int To)> OnStretched { get; set; }

    [Parameter]
    public EventCallback<CardKey> OnKey { get; set; }

    [Parameter]
    public EventCallback<(int Stage, Band Band)> OnAdd { get; set; }

    public async Task FocusAsync(string card)
    {
        if (attached is not null) await attached.InvokeVoidAsync("focus", card);
    }

    /// <summary>Focuses the card that Tab reaches, where what had the focus is gone.</summary>
    public async Task KeepFocusAsync()
    {
        if (attached is not null) await attached.InvokeVoidAsync("keepFocus");
    }

    [JSInvokable]
    public Task Chosen(string id, bool more) => OnChosen.InvokeAsync((id, more));

    [JSInvokable]
    public Task Marked(string[] ids) => OnMarked.InvokeAsync(ids);

    [JSInvokable]
    public Task Dropped(string[] ids, string dragged, int stage, string band, string? before, bool copy) => OnDropped.InvokeAsync(new(ids, dragged, stage, Bands.Parse(band), before, copy));

    [JSInvokable]
    public Task Stretched(string id, int from, int to) => OnStretched.InvokeAsync((id, from, to));

    [JSInvokable]
    public Task Pressed(string id, string code, bool control, bool shift, bool alt) => OnKey.InvokeAsync(new(id, code, control, shift, alt));

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (attached is not null) await attached.InvokeVoidAsync("detach");
            if (script is not null) await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its script with it.
        }

        self?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        self = DotNetObjectReference.Create(this);
        script = await Browser.InvokeAsync<IJSObjectReference>("import", "/designer/board.js");
        attached = await script.InvokeAsync<IJSObjectReference>("attach", element, self, new
        {
            moveHere = W["drag.move"],
            copyHere = W["drag.copy"],
            illegal = W["drag.illegal"],
            oneStage = W["drag.oneStage", "{0}"],
            stages = W["drag.stages", "{0}", "{1}"],
        });
    }

    private static string IconOf(Band band) => band switch { Band.Entering => "login", Band.Leaving => "logout", _ => "place" };

    private StageNumbers? StageOf(int column) => Stages?.GetValueOrDefault(Layout.Stages[column].Ref.ToString());

    private string ColorOf(Stage stage) => stage switch
    {
        { Color: { Length: > 0 } own } when IsColor(own) => own,
        { Kind: "won" } => "#2f9e5f",
        { Kind: "lost" } => "#8b95a1",
        _ => Palette[Math.Max(0, Layout.Stages.ToList().IndexOf(stage)) % Palette.Length],
    };

    // What a file says goes into a style: nothing but a colour may.
    private static bool IsColor(string text) => text.Length is 4 or 7 && text[0] == '#' && text.Skip(1).All(char.IsAsciiHexDigit);
}
