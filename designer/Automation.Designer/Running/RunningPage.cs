using Automation.Designer.Session;
using Automation.Designer.Words;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Automation.Designer.Running;

/// <summary>What the pages of running work have in common: they call the API until they are closed, and say a refusal in words.</summary>
public abstract class RunningPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource closing = new();

    [Inject]
    protected ApiClient Api { get; set; } = null!;

    [Inject]
    protected UserSession Session { get; set; } = null!;

    [Inject]
    protected ScreenWords W { get; set; } = null!;

    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    [Inject]
    protected ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    protected IDialogService Dialogs { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    protected CancellationToken Closing => closing.Token;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        closing.Cancel();
        closing.Dispose();
    }

    protected string When(DateTimeOffset moment) => W.Moment(moment, Clock.GetUtcNow());

    /// <returns>False when the API refused; the person is told why.</returns>
    protected async Task<bool> TryAsync(Func<Task> work, string? done = null)
    {
        try
        {
            await work();
            if (done is not null) Snackbar.Add(done, Severity.Success);
            return true;
        }
        catch (ApiException refused)
        {
            Snackbar.Add(Refusals.Of(W, refused), Severity.Warning);
            return false;
        }
    }

    protected async Task<bool> ConfirmAsync(string title, string question, string yes) => await Dialogs.ShowMessageBoxAsync(title, question, yes, cancelText: W["cancel"]) == true;

    protected async Task<IReadOnlyList<FunnelView>> FunnelsAsync() => (await Api.GetAsync<PageView<FunnelView>>("api/funnels", Closing)).Items;

    protected async Task<IReadOnlyList<TriggerView>> TriggersAsync() => (await Api.GetAsync<PageView<TriggerView>>($"api/triggers?lang={W.Language}", Closing)).Items;

    /// <summary>An address with what was filled in of a query.</summary>
    protected static string Address(string path, params (string Name, string? Value)[] query)
    {
        var filled = query.Where(one => !string.IsNullOrWhiteSpace(one.Value)).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!.Trim())}").ToList();
        return filled.Count == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', filled)}";
    }

    /// <summary>Midnight of a day in the account's time zone, as a query takes it; null for no day.</summary>
    protected string? Midnight(string? day, int later = 0)
    {
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", out var date)) return null;
        var wall = date.AddDays(later).ToDateTime(TimeOnly.MinValue);
        while (W.Zone.IsInvalidTime(wall)) wall = wall.AddMinutes(15);
        return TimeZoneInfo.ConvertTimeToUtc(wall, W.Zone).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>Refusals of the API in an admin's words.</summary>
public static class Refusals
{
    public static string Of(ScreenWords words, ApiException refused)
    {
        var key = $"refusal.{refused.Code}";
        var text = words[key];
        return text == key ? refused.Message : text;
    }
}
