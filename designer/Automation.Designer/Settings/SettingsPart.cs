using Automation.Designer.Access;
using Automation.Designer.Session;
using Automation.Designer.Words;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Automation.Designer.Settings;

/// <summary>A part of the settings: what is refused is said in a word below, and the part is read anew.</summary>
public abstract class SettingsPart : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource closing = new();
    private bool loaded, told;

    [Inject] protected ApiClient Api { get; set; } = null!;

    [Inject] protected ScreenWords W { get; set; } = null!;

    [Inject] protected IDialogService Dialogs { get; set; } = null!;

    [Inject] protected ISnackbar Snackbar { get; set; } = null!;

    /// <summary>Called once the part is there.</summary>
    [Parameter] public EventCallback OnShown { get; set; }

    protected CancellationToken Closing => closing.Token;

    public void Dispose()
    {
        closing.Cancel();
        closing.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        loaded = true;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!loaded || told) return;
        told = true;
        await OnShown.InvokeAsync();
    }

    protected abstract Task LoadAsync();

    /// <returns>True when the API did it.</returns>
    protected async Task<bool> DoAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (ApiException e) when (e.Status != System.Net.HttpStatusCode.Unauthorized)
        {
            Snackbar.Add(W.Refusal(e.Code, e.Message), Severity.Error);
            return false;
        }
        finally
        {
            await LoadAsync();
        }
    }

    protected async Task<bool> AskAsync(string title, string question, string yes) => await Dialogs.ShowMessageBoxAsync(title, question, yes, cancelText: W["cancel"]) == true;
}
