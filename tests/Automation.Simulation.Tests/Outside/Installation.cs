using Automation.Activities;
using Automation.Engine.Accounts;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Messages;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Sqlite;
using Automation.Engine.Persistence.Staff;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Automation.Simulation.Tests.World;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Simulation.Tests.Outside;

/// <summary>One account with its published funnel, read and compiled once and then only read, so all histories share it.</summary>
public sealed class Installation
{
    private static readonly Lazy<Installation> One = new(() => new Installation());
    private readonly FixedPorts ports = new();
    private readonly ServiceProvider services;

    private Installation()
    {
        var folder = new TempDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        services = new ServiceCollection().AddLogging().AddSqliteStore(folder.File("catalog.db")).AddSingleton<IIdSource>(new SimulatedWorld(0, told: false))
            .AddAutomationExpressions().AddAutomationEngine().AddAutomationActivities().AddActivities(typeof(Call).Assembly)
            .AddSingleton<ManagerStore>().AddSingleton<IMessageTemplates, MessageTemplateStore>().AddSingleton<IPorts>(ports).AddAutomationRuntime(new RuntimeOptions()).BuildServiceProvider();
        SeedAsync().GetAwaiter().GetResult();
    }

    public static Installation Shared => One.Value;

    public static AccountId Account { get; } = new(new Guid("01900000-0000-7000-8000-000000000001"));

    public static ConnectionId Shop { get; } = new(new Guid("01900000-0000-7000-8000-000000000002"));

    /// <summary>Whatever is told over it cannot be processed.</summary>
    public static ConnectionId Broken { get; } = new(new Guid("01900000-0000-7000-8000-000000000003"));

    public ReplayService Replay => services.GetRequiredService<ReplayService>();

    public void AddTo(IServiceCollection node)
    {
        node.AddSingleton(services.GetRequiredService<AccountDirectory>());
        node.AddSingleton(services.GetRequiredService<CrmDirectoryCache>());
        node.AddSingleton(services.GetRequiredService<FunnelCatalog>());
        node.AddSingleton(services.GetRequiredService<IWorkflowInterpreter>());
        node.AddSingleton(services.GetRequiredService<IActivityInvoker>());
        node.AddSingleton(services.GetRequiredService<ActivityRegistry>());
        node.AddSingleton(services.GetRequiredService<IExpressionEvaluator>());
        node.AddSingleton(services.GetRequiredService<ManagerStore>());
        node.AddSingleton(services.GetRequiredService<IDbContextFactory<AutomationDbContext>>());
        node.AddSingleton(services.GetRequiredService<IWorkCalendars>());
        node.AddSingleton<IPorts>(ports);
    }

    private async Task SeedAsync()
    {
        await services.GetRequiredService<IStoreSetup>().MigrateAsync(CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow();
        await using (var context = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync())
        {
            // The loop guard would rightly stop at 20 runs of one trigger on one deal in 10 minutes.
            context.Accounts.Add(new AccountRow { Id = Account.Value, Slug = "sim", Name = "Sim", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = now, Settings = """{"quotas":{"RunsPerTrigger":100000,"EffectsPerDay":100000000}}""" });
            context.Connections.Add(new ConnectionRow { Id = Shop.Value, AccountId = Account.Value, Kind = "generic", Name = "shop", CreatedAt = now });
            await context.SaveChangesAsync();
        }

        var funnels = services.GetRequiredService<FunnelService>();
        var draft = await funnels.SaveDraftAsync(Account, Workload.Funnel, null, CancellationToken.None);
        await funnels.PublishAsync(Account, draft.Id, null, null, CancellationToken.None);
        // Warm: what is asked for later is answered from memory, at once.
        await services.GetRequiredService<AccountDirectory>().GetAsync(Account, CancellationToken.None);
        await services.GetRequiredService<FunnelCatalog>().PublishedAsync(Account);
        foreach (var connection in new[] { Shop, Broken }) await services.GetRequiredService<CrmDirectoryCache>().GetAsync(connection, CancellationToken.None);
    }

    private sealed class FixedPorts : IPorts
    {
        private static readonly Connection Known = new(Shop, Account, "generic", "shop", null, null, [], []);

        public ValueTask<Connection?> FindAsync(AccountId account, ConnectionId id, CancellationToken cancellationToken) =>
            id == Broken ? throw new InvalidDataException("This connection breaks whatever reads it.") : ValueTask.FromResult<Connection?>(Known);

        public ValueTask<Connection?> FindAsync(AccountId account, Type port, string? name, CancellationToken cancellationToken) => ValueTask.FromResult<Connection?>(null);

        public TPort Open<TPort>(Connection connection) where TPort : class => throw new InvalidOperationException("There are no ports.");
    }
}
