using Automation.Designer.Session;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Trials;

namespace Automation.Designer.Trials;

/// <summary>The back-test that the board shows: the last one of the funnel, or the one that runs.</summary>
public sealed class TrialBoard(ApiClient api, string slug, string language, TimeProvider clock)
{
    private static readonly TimeSpan Looks = TimeSpan.FromSeconds(1);

    private string Path => $"api/funnels/{Uri.EscapeDataString(slug)}/back-tests";

    /// <summary>Null while there was none.</summary>
    public BackTestView? Test { get; private set; }

    /// <summary>Why the last thing that was asked for was not done.</summary>
    public string? Refusal { get; private set; }

    public bool Running => Test?.Status == "running";

    public BackTestCardView? Find(string card) => Test?.Result?.Cards.FirstOrDefault(one => one.Trigger == card);

    public async Task OpenAsync(CancellationToken cancellationToken) =>
        Test = (await api.GetAsync<PageView<BackTestView>>($"{Path}?lang={language}", cancellationToken)).Items.FirstOrDefault(one => one.Status is "running" or "done");

    public Task StartAsync(int days, CancellationToken cancellationToken) => AskAsync(async () => Test = await api.PostAsync<BackTestView>($"{Path}?lang={language}", new BackTestRequest(days, null), cancellationToken));

    public Task CancelAsync(CancellationToken cancellationToken) => AskAsync(async () =>
    {
        if (Test is { } running) await api.DoAsync(HttpMethod.Delete, $"{Path}/{running.Id}", null, cancellationToken);
        Test = null;
    });

    /// <summary>Looks at a running one until it has ended.</summary>
    /// <param name="changed">Called after every look.</param>
    public async Task FollowAsync(Func<Task> changed, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Looks, clock);
        try
        {
            while (Running && await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (Test is not { } running) return;
                var now = await api.GetAsync<BackTestView>($"{Path}/{running.Id}?lang={language}", cancellationToken);
                // Cancelled, or another one was begun, while this look was on its way.
                if (Test?.Id != running.Id) return;
                Test = now;
                await changed();
            }
        }
        catch (ApiException e)
        {
            Refusal = e.Message;
            await changed();
        }
        catch (OperationCanceledException)
        {
            // The mode is left, or the page.
        }
    }

    private async Task AskAsync(Func<Task> work)
    {
        Refusal = null;
        try
        {
            await work();
        }
        catch (ApiException e)
        {
            Refusal = e.Message;
        }
    }
}
