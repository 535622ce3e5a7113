using Automation.Designer.Board;
using Automation.Designer.Session;
using Automation.Engine.Api.Funnels;
using MudBlazor;

namespace Automation.Designer.Pages;

/// <content>What the toolbar asks for.</content>
public sealed partial class FunnelPage
{
    private async Task PublishAsync()
    {
        if (await Dialogs.ShowMessageBoxAsync(W["toolbar.publish"], W["publish.ask"], W["toolbar.publish"], cancelText: W["cancel"]) != true) return;
        try
        {
            var published = await Api.PostAsync<SavedFunnel>($"api/funnels/{Slug}/publish", null, closing.Token);
            Snackbar.Add(W["publish.done", published.Version], Severity.Success);
        }
        catch (ApiException e)
        {
            Snackbar.Add(e.Message, Severity.Error);
        }

        await ReloadAsync();
    }

    private async Task ChangeModeAsync(BoardMode next)
    {
        mode = next;
        await CountAsync();
        Redraw();
    }

    private Task SearchAsync() => CommandAsync(new("search"));

    private Task CommandAsync(BoardCommand command)
    {
        if (command.Name == BoardCommands.Export) Navigation.NavigateTo($"/api/funnels/{Slug}/export?version=draft", forceLoad: true);
        return Task.CompletedTask;
    }
}
