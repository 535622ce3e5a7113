using Automation.Activities;
using Automation.Activities.Crm;
using Automation.Designer;
using Automation.Engine.Accounts;
using Automation.Engine.Api;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Connections;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Persistence.Sqlite;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Automation.Server.CommandLine;
using Automation.Server.Setup;
using Automation.Server.Studio;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Automation.Server.Serve;

/// <summary>Puts the product together: store, runtime, connectors, the two listening addresses.</summary>
public static class ServerHost
{
    // R16: 30 s in all, with what the process needs to go.
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(25);

    public static WebApplication Build(ServeOptions options, Action<IServiceCollection>? adjust = null)
    {
        Directory.CreateDirectory(options.Data);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // Settings are read once, at the start: nothing watches the disk.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        builder.WebHost.UseUrls(options.Url, options.HookUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 12 * 1024 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Automation", LogLevel.Information);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.None);
        builder.Logging.AddFilter("Automation.Engine.Api.Access.SessionAuthentication", LogLevel.Warning); // tells of every visitor who is sent to the sign-in
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error); // its first look, before it has run, reads as a stall
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error); // would rather have the server garbage collector
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database", LogLevel.Critical); // what fails is thrown and told by its caller
        builder.Configuration.AddEnvironmentVariables();
        Telemetry.Add(builder, $"{Environment.MachineName}:{new Uri(options.HookUrl).Port}");
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error); // does not know that the store encrypts
        AddProduct(builder.Services, options);
        RemoveEarlyKeyLoading(builder.Services);
        adjust?.Invoke(builder.Services);
        builder.Host.UseOrleans(silo => AddSilo(silo, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        var app = builder.Build();
        Map(app, options);
        return app;
    }

    // Data protection would read its keys while the host starts, before their table is there.
    private static void RemoveEarlyKeyLoading(IServiceCollection services)
    {
        foreach (var early in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == "DataProtectionHostedService").ToList()) services.Remove(early);
    }

    /// <summary>Where the server reaches its own pages and API.</summary>
    private static Uri OwnPages(ServeOptions options)
    {
        var own = new UriBuilder(options.Url);
        if (own.Host is "0.0.0.0" or "[::]" or "*" or "+") own.Host = "127.0.0.1";
        return own.Uri;
    }

    /// <summary>Servers on one PostgreSQL find each other there; an embedded database has one server.</summary>
    private static void AddSilo(ISiloBuilder silo, ServeOptions options)
    {
        if (options.Postgres is { Length: > 0 })
        {
            ClusterSilo.Configure(silo, new() { Address = NodeAddress.Of(options), Lease = TimeSpan.FromSeconds(options.LeaseSeconds) });
            return;
        }

        var (page, hooks) = (new Uri(options.Url).Port, new Uri(options.HookUrl).Port);
        var port = FreePort.Find(null, page, hooks);
        HostingRegistration.ConfigureLocalSilo(silo, port, FreePort.Find(null, page, hooks, port));
    }

    private static void AddProduct(IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton(options);
        if (options.Postgres is { Length: > 0 } postgres) services.AddPostgreSqlStore(postgres);
        else services.AddSqliteStore(Path.Combine(options.Data, "automation.db"));
        services.AddPersistence(options.Data, Environment.GetEnvironmentVariable(MasterKey.Variable));
        services.AddAutomationExpressions();
        services.AddOptions<LogPersistenceOptions>().BindConfiguration("Automation:LogPersistence");
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<LogPersistenceOptions>>().Value);
        services.AddAutomationEngine();
        services.AddAutomationActivities();
        services.AddActivities(typeof(Automation.Activities.Crm.ServiceCollectionExtensions).Assembly);
        services.AddCrmActivities();
        services.AddAutomationHttp().AddAmoCrmConnector().AddSmscConnector().AddGenericConnector().AddKlientiksConnector().AddEmailConnector();
        services.AddAutomationRuntime(new RuntimeOptions { CommitLoops = options.Postgres is { Length: > 0 } ? 2 : 1 });
        services.AddAutomationApi();
        services.AddAutomationDesigner(_ => OwnPages(options));
        services.AddSingleton<ConnectionService>();
        services.AddSingleton<SandboxSetup>();
        services.AddSingleton<SampleSandbox>();
        services.AddSingleton<FirstStart>();
    }

    private static void Map(WebApplication app, ServeOptions options)
    {
        var hookPort = new Uri(options.HookUrl).Port;
        app.UseAutomationErrors();
        app.Use(async (context, next) =>
        {
            // Hooks and health have an address of their own that may be public; nothing else answers there.
            var outside = context.Request.Path.StartsWithSegments("/hooks", StringComparison.Ordinal) || context.Request.Path.StartsWithSegments("/workflows", StringComparison.Ordinal) || context.Request.Path == "/health" || context.Request.Path == "/ready";
            if (context.Connection.LocalPort == hookPort && !outside)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await next(context);
        });
        StudioFiles.Use(app);
        app.UseStaticFiles();
        app.UseAutomationOrigins();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseAutomationPermissions();
        app.MapHooks();
        app.MapWorkflowEndpoints();
        app.MapAutomationApi();
        ConnectionApi.Map(app, options);
        SampleApi.Map(app);
        StudioPages.Map(app);
        app.MapAutomationDesigner();
        app.MapScalarApiReference("/scalar", scalar => scalar.WithOpenApiRoutePattern("/api/openapi.json").DisableDefaultFonts().DisableAgent().DisableTelemetry());
    }
}
