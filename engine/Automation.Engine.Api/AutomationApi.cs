using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Engine.Api;

/// <summary>What a server calls to take hooks and serve the API.</summary>
public static class AutomationApi
{
    /// <summary>Services of hooks and API. The runtime, a store and connectors are added beside it.</summary>
    public static IServiceCollection AddAutomationApi(this IServiceCollection services)
    {
        services.AddOptions<HookOptions>().BindConfiguration("Automation:Hooks").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ApiKeyService>();
        services.AddSingleton<HookDirectory>();
        services.AddSingleton<RateGate>();
        services.AddSingleton<WaitingGauge>();
        services.AddSingleton<HintQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<HintQueue>());
        services.AddSingleton<HookEndpoint>();
        return services;
    }

    /// <summary>Every error in the one form, and the headers of S9. Call it before everything else.</summary>
    public static IApplicationBuilder UseAutomationErrors(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            context.Response.OnStarting(SecurityHeaders.SetAsync, context);
            return next(context);
        });
        return app.UseMiddleware<ErrorMiddleware>();
    }

    /// <summary><c>POST|GET /hooks/{source}/{token}</c>.</summary>
    public static IEndpointConventionBuilder MapHooks(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<HookEndpoint>();
        return routes.MapMethods("/hooks/{source}/{token}", [HttpMethods.Post, HttpMethods.Get], (RequestDelegate)endpoint.HandleAsync).ExcludeFromDescription();
    }

    /// <summary>Sign-in, REST under <c>/api</c>, <c>/health</c>.</summary>
    public static IEndpointRouteBuilder MapAutomationApi(this IEndpointRouteBuilder routes)
    {
        return routes;
    }
}
