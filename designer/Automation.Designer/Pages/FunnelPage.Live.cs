using Automation.Designer.Board;
using Automation.Designer.Live;
using Automation.Designer.Session;
using Automation.Engine.Api.Journal;
using Automation.Engine.Api.Json;
using Microsoft.AspNetCore.Components;
using Newtonsoft.Json;

namespace Automation.Designer.Pages;

/// <content>What runs while the page is open: deals move, counters tick.</content>
public sealed partial class FunnelPage
{
    // Rows may come by the hundred: the page is drawn anew a few times a second.
    private static readonly TimeSpan Draws = TimeSpan.FromMilliseconds(250);
    private LiveBoard? live;
    private string? followed;
    private CancellationTokenSource? watching;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    private async Task ChangeModeAsync(BoardMode next)
    {
        mode = next;
        if (mode == BoardMode.Live) StartWatching();
        else await StopWatchingAsync();
        if (mode == BoardMode.Trial) await OpenTrialAsync();
        else await CloseTrialAsync();
        await CountAsync();
        Redraw();
    }

    private void StartWatching()
    {
        live = new(draft.View!.Id);
        watching = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
        _ = WatchAsync(live, watching.Token);
        _ = DrawAsync(watching.Token);
    }

    private async Task StopWatchingAsync()
    {
        if (watching is { } ending) await ending.CancelAsync();
        watching?.Dispose();
        (watching, live, followed) = (null, null, null);
    }

    private async Task WatchAsync(LiveBoard to, CancellationToken cancellationToken)
    {
        await foreach (var item in EventStream.ReadAsync(Api, $"api/journal/live?lang={W.Language}", Clock, CountAgainAsync, cancellationToken))
            if (item.EventType == "journal" && JsonConvert.DeserializeObject<JournalView>(item.Data, ApiJson.Settings) is { } row)
                await InvokeAsync(() => drawsAgain |= to.Take(row));

        async Task CountAgainAsync()
        {
            await CountAsync();
            to.Counted();
            drawsAgain = true;
        }
    }

    private bool drawsAgain;

    private async Task DrawAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Draws, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (!drawsAgain) continue;
                drawsAgain = false;
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // The mode is left, or the page.
        }
    }

    private CardNumbersView Counted(string trigger) => new(cardNumbers.GetValueOrDefault(trigger), live?.Added(trigger));

    /// <summary>Counters as they were read, with what rows have added since.</summary>
    private readonly record struct CardNumbersView(Engine.Api.Funnels.CardNumbers? Read, Engine.Api.Funnels.CardNumbers? Added)
    {
        public Engine.Api.Funnels.CardNumbers? Sum => Added is null ? Read : Read is null ? Added : Read with { Passed = Read.Passed + Added.Passed, Fired = Read.Fired + Added.Fired, Skipped = Read.Skipped + Added.Skipped };
    }
}
