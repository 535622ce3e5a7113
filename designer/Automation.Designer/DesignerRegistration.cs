using Automation.Designer.Board;
using Automation.Designer.Session;
using Automation.Designer.Words;
using Automation.Engine.Api;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Automation.Designer;

public static class DesignerRegistration
{
    // MudBlazor writes its theme into the page as a style, and places with style attributes.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>The pages of the product.</summary>
    /// <param name="own">The address that the server answers at, as it reaches itself.</param>
    public static IServiceCollection AddAutomationDesigner(this IServiceCollection services, Func<IServiceProvider, Uri> own)
    {
        services.AddHttpContextAccessor();
        services.AddAntiforgery(forms => (forms.Cookie.Name, forms.Cookie.SecurePolicy) = ("automation_form", CookieSecurePolicy.SameAsRequest));
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.PreventDuplicates = true;
            mud.SnackbarConfiguration.VisibleStateDuration = 8_000;
        });
        services.AddCascadingAuthenticationState();
        services.AddScoped<UserSession>();
        services.AddScoped<ScreenWords>();
        services.AddScoped<Flow.ActivityList>();
        services.AddScoped<CardClipboard>();
        services.AddSingleton<CardWords>();
        // One connection pool for all pages: the server asks itself.
        services.AddHttpClient(nameof(ApiClient)).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 256 }).SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.AddScoped(provider =>
        {
            var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(ApiClient));
            http.BaseAddress = own(provider);
            return new ApiClient(http, provider.GetRequiredService<UserSession>());
        });
        return services;
    }

    /// <summary>Call it behind routing and authentication.</summary>
    public static void MapAutomationDesigner(this IEndpointRouteBuilder routes)
    {
        Running.HerePages.Map(routes);
        routes.MapGet("/", () => Results.Redirect("/funnels")).ExcludeFromDescription();
        routes.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .WithContentSecurityPolicy(Policy).RequireAuthorization(new AuthorizationPolicyBuilder(SessionCookie.Scheme).RequireAuthenticatedUser().Build());
    }

    /// <summary>Keeps pages of other origins off the pages' socket: a browser sends the cookie along with theirs too.</summary>
    public static IApplicationBuilder UseAutomationOrigins(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) && context.Request.Headers.Origin is [{ Length: > 0 } origin] && !IsOwn(context.Request, origin))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await next(context);
    });

    private static bool IsOwn(HttpRequest request, string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
