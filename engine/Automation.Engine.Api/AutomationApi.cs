using Automation.Engine.Api.Access;
using Automation.Engine.Api.Accounts;
using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Calendars;
using Automation.Engine.Api.Conditions;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Deals;
using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Failures;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Hooks;
using Automation.Engine.Api.Journal;
using Automation.Engine.Api.Managers;
using Automation.Engine.Api.Messages;
using Automation.Engine.Api.People;
using Automation.Engine.Api.Runs;
using Automation.Engine.Api.Tools;
using Automation.Engine.Api.Trials;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
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
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<ApiKeyService>());
        services.AddSingleton<AttemptGate>();
        services.AddSingleton<InputListReader>();
        services.AddAuthentication(SessionCookie.Scheme).AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionCookie.Scheme, null);
        services.AddAuthorization();
        PeopleRegistration.Add(services);
        services.AddSingleton(new TemplateCatalog(Path.Combine(AppContext.BaseDirectory, "templates")));
        services.AddSingleton<TriggerWords>();
        services.AddSingleton<FunnelReads>();
        services.AddSingleton<NumbersReads>();
        services.AddSingleton<DraftReads>();
        services.AddSingleton<DifferenceWords>();
        services.AddSingleton<FunnelExplanation>();
        services.AddSingleton<JournalReads>();
        services.AddSingleton<WhyReads>();
        services.AddSingleton(provider => new AssignmentReads(provider.GetRequiredService<RunRecordsCache>()));
        services.AddSingleton(provider => new PresenceService(provider.GetRequiredService<IDbContextFactory<AutomationDbContext>>(), provider.GetRequiredService<AttemptGate>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton<RunRecordsCache>();
        services.AddSingleton<InstanceImport>();
        services.AddSingleton<ShownDefinitions>();
        services.AddSignalR();
        services.AddSingleton<InstanceWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceWatch>());
        OpenApi.Add(services);
        services.AddSingleton<HookDirectory>();
        services.AddSingleton<IKeepsInMemory>(provider => provider.GetRequiredService<HookDirectory>());
        services.AddSingleton<RateGate>();
        services.AddSingleton<WaitingGauge>();
        services.AddSingleton<HintQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<HintQueue>());
        services.AddSingleton<HookEndpoint>();
        services.AddSingleton<WorkflowHttpEndpoint>();
        services.AddSingleton<RunWatch>();
        services.AddSingleton<DealScopes>();
        services.AddSingleton<DealTexts>();
        services.AddSingleton<ConditionTrial>();
        return services;
    }

    /// <summary>Every error in the one form, the headers of S9, and the lock on everything under <c>/api</c>. Call it before everything else.</summary>
    public static IApplicationBuilder UseAutomationErrors(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            context.Response.OnStarting(SecurityHeaders.SetAsync, context);
            return next(context);
        });
        return app.UseMiddleware<ErrorMiddleware>().UseMiddleware<AccessMiddleware>().Use(next => context => DrainEndpoints.RefuseAsync(context, next));
    }

    /// <summary>The lock that roles are: call it right behind <c>UseRouting</c>.</summary>
    public static IApplicationBuilder UseAutomationPermissions(this IApplicationBuilder app) => app.UseMiddleware<PermissionMiddleware>();

    /// <summary><c>POST|GET /hooks/{source}/{token}</c>.</summary>
    public static IEndpointConventionBuilder MapHooks(this IEndpointRouteBuilder routes)
    {
        // Resolved by the first hook: what it needs of the store is built while the host starts, not before.
        RequestDelegate handle = context => context.RequestServices.GetRequiredService<HookEndpoint>().HandleAsync(context);
        return routes.MapMethods("/hooks/{source}/{token}", [HttpMethods.Post, HttpMethods.Get], handle).ExcludeFromDescription();
    }

    /// <summary><c>/workflows/{account}/{path}</c>: requests that start workflows by their HTTP endpoints.</summary>
    public static IEndpointConventionBuilder MapWorkflowEndpoints(this IEndpointRouteBuilder routes)
    {
        RequestDelegate handle = context => context.RequestServices.GetRequiredService<WorkflowHttpEndpoint>().HandleAsync(context);
        return routes.Map("/workflows/{account}/{**path}", handle).ExcludeFromDescription();
    }

    /// <summary>Sign-in by <c>/start/{token}</c>, REST under <c>/api</c>, <c>/health</c>, <c>/ready</c>, <c>/api/openapi.json</c>. <see cref="UseAutomationErrors"/> keeps the lock.</summary>
    public static IEndpointRouteBuilder MapAutomationApi(this IEndpointRouteBuilder routes)
    {
        RequestDelegate health = context => context.RequestServices.GetRequiredService<HealthEndpoint>().HandleAsync(context);
        routes.MapGet("/health", health).ExcludeFromDescription();
        RequestDelegate ready = context => context.RequestServices.GetRequiredService<HealthEndpoint>().HandleReadyAsync(context);
        routes.MapGet("/ready", ready).ExcludeFromDescription();
        var api = routes.MapGroup("/api");
        SessionEndpoints.Map(routes, api.MapGroup("").WithTags("Session"));
        PeopleEndpoints.Map(api.MapGroup("").WithTags("People"));
        KeyEndpoints.Map(api.MapGroup("").WithTags("Keys"));
        FunnelEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        FunnelLifeEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        InsideEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        VersionEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        DraftEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        SweepEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        TemplateEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        TrialEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        StudioCopyEndpoints.Map(api.MapGroup("").WithTags("Funnels"));
        RunEndpoints.Map(api.MapGroup("").WithTags("Runs"));
        JournalEndpoints.Map(api.MapGroup("").WithTags("Journal"));
        DealEndpoints.Map(api.MapGroup("").WithTags("Deals"));
        DeadLetterEndpoints.Map(api.MapGroup("").WithTags("Failures"));
        GuardEndpoints.Map(api.MapGroup("").WithTags("Failures"));
        BlockEndpoints.Map(api.MapGroup("").WithTags("Failures"));
        SettingsEndpoints.Map(api.MapGroup("").WithTags("Settings"));
        WorkEndpoints.Map(api.MapGroup("").WithTags("Work"));
        ConnectionEndpoints.Map(api.MapGroup("").WithTags("Connections"));
        ManagerEndpoints.Map(api.MapGroup("").WithTags("Managers"));
        CalendarEndpoints.Map(api.MapGroup("").WithTags("Calendars"));
        MessageTemplateEndpoints.Map(api.MapGroup("").WithTags("Messages"));
        DrainEndpoints.Map(api.MapGroup("").WithTags("Tools"));
        EvalEndpoints.Map(api.MapGroup("").WithTags("Tools"));
        TryConditionEndpoint.Map(api.MapGroup("").WithTags("Tools"));
        TryTextEndpoint.Map(api.MapGroup("").WithTags("Tools"));
        TryWaitEndpoint.Map(api.MapGroup("").WithTags("Tools"));
        ActivityEndpoints.Map(api.MapGroup("").WithTags("Activities"));
        ElsaApi.Map(routes);
        api.MapOpenApi("/openapi.json");
        return routes;
    }
}
