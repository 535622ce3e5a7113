using System.Net;
using System.Net.Sockets;
using Automation.Activities;
using Automation.Activities.Crm;
using Automation.Engine.Accounts;
using Automation.Engine.Api;
using Automation.Engine.Api.Access;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Persistence.Sqlite;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;

namespace Automation.Server.Tests;

/// <summary>A whole server in this process: SQLite in a temporary directory unless a PostgreSQL is given, one silo, a free loopback port, one account.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private readonly TestObserver observer = new();
    private WebApplication app = null!;

    /// <summary>Connection string of a database of its own; null for SQLite.</summary>
    public string? Postgres { get; init; }

    /// <summary>Steps may call this very server, which the guard refuses otherwise.</summary>
    public bool MayCallItself { get; init; }

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => app.Services;

    public AccountId Account { get; private set; }

    /// <summary>An API key of <see cref="Account"/>.</summary>
    public string ApiKey { get; private set; } = "";

    public Uri Address { get; private set; } = null!;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = directory.Path });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Host.UseOrleans(silo => HostingRegistration.ConfigureLocalSilo(silo, TestPorts.Next(), TestPorts.Next()));
        var services = builder.Services;
        services.AddSingleton<StepObserver>(observer);
        services.AddPersistence(directory.Path, null);
        if (Postgres is null) services.AddSqliteStore(directory.File("automation.db"));
        else services.AddPostgreSqlStore(Postgres);
        services.AddAutomationRuntime(new());
        services.AddAutomationExpressions();
        services.AddAutomationEngine();
        services.AddAutomationActivities();
        services.AddCrmActivities();
        services.AddActivities(typeof(Automation.Activities.Crm.ServiceCollectionExtensions).Assembly);
        services.AddAmoCrmConnector();
        services.AddGenericConnector();
        services.AddKlientiksConnector();
        services.AddAutomationApi();
        services.Configure<Automation.Engine.Api.Hooks.HookOptions>(hooks => hooks.ReadTimeout = TimeSpan.FromSeconds(1));
        app = builder.Build();
        app.UseAutomationErrors();
        app.UseRouting();
        app.UseAutomationPermissions();
        app.MapHooks();
        app.MapWorkflowEndpoints();
        app.MapAutomationApi();
        app.MapGet("/throw", () => { throw new InvalidOperationException("secret path /var/lib"); });

        await Services.GetRequiredService<IStoreSetup>().MigrateAsync(Cancel);
        (Account, ApiKey) = await AddAccountAsync("demo");
        await app.StartAsync(Cancel);
        Services.GetRequiredService<RuntimeGate>().Open();
        Address = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        if (MayCallItself) Services.GetRequiredService<IOptions<Automation.Connectors.Http.GuardedHttpOptions>>().Value.AllowedHosts.Add(Address.Authority);
        Client = NewClient();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        directory.Dispose();
    }

    /// <summary>A client that keeps no cookies and follows nothing.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };

    public async Task<(AccountId Account, string ApiKey)> AddAccountAsync(string slug, string settings = "{}")
    {
        var account = new AccountId(Ids.NewId());
        await using var db = await DbAsync();
        db.Accounts.Add(new AccountRow { Id = account.Value, Slug = slug, Name = slug, TimeZone = "Europe/Moscow", Language = "ru", Settings = settings, CreatedAt = Clock.GetUtcNow() });
        await db.SaveChangesAsync(Cancel);
        return (account, await Services.GetRequiredService<ApiKeyService>().CreateAsync(account, "test", ApiKeyKinds.Key, null, Cancel));
    }

    /// <returns>The connection and the token of its hook.</returns>
    public async Task<(ConnectionId Id, string Token)> AddConnectionAsync(string kind, string name, AccountId? account = null, CrmDirectory? crm = null, string? remoteAccount = null, string? webhookSecret = null)
    {
        var (id, token, owner) = (new ConnectionId(Ids.NewId()), Tokens.New(), account ?? Account);
        await using var db = await DbAsync();
        db.Connections.Add(new ConnectionRow
        {
            Id = id.Value,
            AccountId = owner.Value,
            Kind = kind,
            Name = name,
            RemoteAccountId = remoteAccount,
            HookTokenHash = Tokens.Hash(token),
            Directory = crm is null ? null : JsonConvert.SerializeObject(crm),
            CreatedAt = Clock.GetUtcNow(),
        });
        await db.SaveChangesAsync(Cancel);
        Services.GetRequiredService<Automation.Engine.Persistence.Connections.PortCatalog>().Invalidate(owner);
        if (webhookSecret is not null) await Services.GetRequiredService<SecretStore>().WriteAsync(owner, id, "webhook", webhookSecret, Cancel);
        return (id, token);
    }

    public async Task<AutomationDbContext> DbAsync() => await Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(Cancel);

    public async Task<(int Hooks, int Events)> CountStoredAsync()
    {
        await using var db = await DbAsync();
        return (await db.Hooks.CountAsync(Cancel), await db.Events.CountAsync(Cancel));
    }

    /// <summary>Waits for the commit that ends an event.</summary>
    public Task EventDoneAsync(Guid id) => observer.EventDone(id).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

    /// <summary>Waits for the commit that ends a run.</summary>
    public Task RunEndedAsync(Guid id) => observer.RunEnded(id).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

    private IIdSource Ids => Services.GetRequiredService<IIdSource>();

    private TimeProvider Clock => Services.GetRequiredService<TimeProvider>();

    private sealed class TestObserver : StepObserver
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, TaskCompletionSource> ends = new();

        public Task EventDone(Guid id) => Source(id).Task;

        public Task RunEnded(Guid id) => Source(id).Task;

        public override void AfterCommit(StepCommit step, bool committed)
        {
            if (!committed) return;
            foreach (var ended in step.Events) Source(ended.Id).TrySetResult();
            foreach (var run in step.ChangedRuns.Concat(step.NewRuns).Where(run => run.FinishedAt is not null)) Source(run.Id).TrySetResult();
        }

        private TaskCompletionSource Source(Guid id) => ends.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
