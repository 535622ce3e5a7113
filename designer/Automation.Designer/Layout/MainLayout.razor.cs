using Automation.Designer.Session;
using Automation.Engine.Api.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace Automation.Designer.Layout;

public sealed partial class MainLayout : IDisposable
{
    private readonly CancellationTokenSource closing = new();
    private ErrorBoundary? boundary;
    private bool dark;
    private string? trouble;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    public void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        Session.Ended -= Leave;
        closing.Cancel();
        closing.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += Moved;
        Session.Ended += Leave;
        Session.Use((await Authentication.GetAuthenticationStateAsync()).User);
        try
        {
            Session.Know(await Api.GetAsync<SessionView>("api/session", closing.Token));
        }
        catch (ApiException e)
        {
            trouble = e.Message;
            return;
        }

        W.Use(Session.View!.Language, TimeZoneInfo.FindSystemTimeZoneById(Session.View.TimeZone));
        dark = await Browser.InvokeAsync<string>("automationTheme.use", closing.Token, Session.View.Theme) == "dark";
    }

    private void Leave() => _ = InvokeAsync(() => Navigation.NavigateTo($"/sign-in?return={Uri.EscapeDataString("/" + Navigation.ToBaseRelativePath(Navigation.Uri))}", forceLoad: true));

    private void Moved(object? sender, LocationChangedEventArgs e) => boundary?.Recover();

    private async Task ChangeThemeAsync()
    {
        dark = !dark;
        var theme = dark ? "dark" : "light";
        await Browser.InvokeAsync<string>("automationTheme.use", closing.Token, theme);
        await Api.DoAsync(HttpMethod.Put, "api/session/preferences", new { theme }, closing.Token);
    }

    private async Task ChangeLanguageAsync()
    {
        await Api.DoAsync(HttpMethod.Put, "api/session/preferences", new { language = W.English ? "ru" : "en" }, closing.Token);
        Navigation.Refresh(forceReload: true);
    }
}
