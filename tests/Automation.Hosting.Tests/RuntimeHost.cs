using System.Collections.Concurrent;
using Automation.Activities;
using Automation.Activities.Crm;
using Automation.Connectors.AmoCrm;
using Automation.Engine.Accounts;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Connections;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Persistence.Sqlite;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Automation.Simulators;
using Automation.Simulators.AmoCrm;
using Automation.Simulators.Seed;
using Automation.Simulators.Smsc;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>The runtime in this process against simulators over HTTP: everything but the product's own pages.</summary>
public sealed class RuntimeHost : IAsyncDisposable
{
    private readonly SimulatorHost simulators;
    private readonly IHost host;
    private readonly TempDirectory folder;
    private readonly Signals signals;
    private int accepted;

    private RuntimeHost(SimulatorHost simulators, IHost host, TempDirectory folder, Signals signals, AmoCrmSimulator amo, SmscSimulator sms, AccountId account, ConnectionId crm) =>
        (this.simulators, this.host, this.folder, this.signals, Amo, Sms, Account, Crm) = (simulators, host, folder, signals, amo, sms, account, crm);

    public AmoCrmSimulator Amo { get; }

    public SmscSimulator Sms { get; }

    public AccountId Account { get; }

    public ConnectionId Crm { get; }

    public IServiceProvider Services => host.Services;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="postgres">A database's connection string; null for SQLite.</param>
    /// <param name="services">Puts its own in the place of a service.</param>
    public static async Task<RuntimeHost> StartAsync(FunnelDocument funnel, string? postgres = null, TimeProvider? clock = null, double requestsPerSecond = 0, Action<IServiceCollection>? services = null)
    {
        var amo = new AmoCrmSimulator(new AmoCrmOptions { Prefix = "/amo", RequestsPerSecond = (int)requestsPerSecond });
        var sms = new SmscSimulator(new SmscOptions { Prefix = "/smsc", RepeatWindow = TimeSpan.Zero, Balance = 100_000 });
        SandboxSeed.Directory(amo);
        RuntimeHost? running = null;
        var simulators = await SimulatorHost.StartAsync([amo, sms], app => app.MapPost("/hook", async (HttpContext context) => await running!.TakeHookAsync(context)), Stop);
        var folder = new TempDirectory();
        var signals = new Signals();
        var host = Build(folder, postgres, signals, clock, services);
        await host.Services.GetRequiredService<IStoreSetup>().MigrateAsync(Stop);
        var (account, crm) = await SeedAsync(host.Services, simulators.Address);
        running = new(simulators, host, folder, signals, amo, sms, account, crm);
        amo.Subscribe(new Uri(simulators.Address, "hook").ToString());
        await running.PublishAsync(funnel);
        await host.StartAsync(Stop);
        host.Services.GetRequiredService<RuntimeGate>().Open();
        return running;
    }

    /// <summary>On SQLite, or on a database of its own on the tests' PostgreSQL; skips where there is none.</summary>
    public static async Task<RuntimeHost> StartOnAsync(FunnelDocument funnel, bool postgres, TimeProvider? clock = null, Action<IServiceCollection>? services = null)
    {
        if (postgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        return await StartAsync(funnel, postgres ? await PostgresServer.Shared!.CreateDatabaseAsync(Stop) : null, clock, services: services);
    }

    /// <summary>For tests that age what they stored: the sweep could find it before.</summary>
    public static void WithoutRecovery(IServiceCollection services) => services.Remove(services.Single(service => service.ImplementationType?.Name == "Recovery"));

    /// <summary>For tests in which a timer's mailbox is loaded before its timer is scanned.</summary>
    public static void WithoutTimerScan(IServiceCollection services)
    {
        foreach (var service in services.Where(service => service.ImplementationType?.Name is "TimerScanLoop" or "QuartzHostedService").ToList()) services.Remove(service);
    }

    /// <summary>A deal in the new stage, with a contact of its own.</summary>
    public long AddDeal(string name, long price = 0, string stage = Funnel.New)
    {
        var contact = Amo.AddContact("Анна", $"+7916{Amo.Contacts.Count:0000000}");
        return Amo.AddDeal(name, Number(Funnel.Pipeline), Number(stage), price, contact: contact.Id).Id;
    }

    public void Move(long deal, string stage) => Amo.MoveDeal(deal, Number(Funnel.Pipeline), Number(stage));

    /// <summary>Moves the deal, and waits until its hooks are processed and what they planned is sent.</summary>
    public Task MovedAsync(long deal, string stage) => ChangedAsync(() => Move(deal, stage));

    public Task PricedAsync(long deal, long price) => ChangedAsync(() => Amo.Change(AmoKind.Leads, deal, lead => lead with { Price = price }));

    /// <summary>Makes a change in the CRM, and waits until its hooks are processed and what they planned is sent.</summary>
    public async Task ChangedAsync(Action change)
    {
        await Amo.Hooks.IdleAsync(Stop);
        var before = Volatile.Read(ref accepted);
        change();
        await Amo.Hooks.IdleAsync(Stop);
        Assert.True(Volatile.Read(ref accepted) > before, "the change sent no hook");
        await QuietAsync(accepted);
    }

    private static long Number(string id) => long.Parse(id, System.Globalization.CultureInfo.InvariantCulture);

    public async Task PublishAsync(FunnelDocument funnel)
    {
        var service = Services.GetRequiredService<FunnelService>();
        var row = await service.SaveDraftAsync(Account, funnel, null, Stop);
        await service.PublishAsync(Account, row.Id, null, null, Stop);
    }

    public async Task<AutomationDbContext> OpenAsync() => await Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(Stop);

    /// <summary>Waits, without sleeping, until the condition holds: it is looked at again after every commit.</summary>
    public async Task UntilAsync(Func<AutomationDbContext, Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        while (true)
        {
            var next = signals.Next;
            await using (var context = await OpenAsync())
                if (await condition(context)) return;
            await next.WaitAsync(limit.Token);
        }
    }

    /// <summary>Every accepted event is done and every run has ended or waits for a timer or a person.</summary>
    public Task QuietAsync(int events) => UntilAsync(async context =>
        await context.Events.CountAsync(row => row.Status != EventStatus.Waiting, Stop) >= events
        && !await context.Events.AnyAsync(row => row.Status == EventStatus.Waiting, Stop)
        && !await context.Effects.AnyAsync(row => row.State == 0 || row.State == 1, Stop));

    public async Task<AcceptResult> DeliverAsync(string body)
    {
        var ports = Services.GetRequiredService<IPorts>();
        var connection = (await ports.FindAsync(Account, Crm, Stop))!;
        var reading = new AmoCrmHookSource().Read(new HookRequest(connection, "POST", "application/x-www-form-urlencoded", System.Text.Encoding.UTF8.GetBytes(body), new Dictionary<string, string>(), new Dictionary<string, string>(), TimeProvider.System.GetUtcNow(), []));
        var events = Assert.IsType<HookReading.Events>(reading).Items;
        var result = await Services.GetRequiredService<InboxService>().AcceptAsync(Account, Crm, null, events, Stop);
        Interlocked.Add(ref accepted, result.Events.Count(item => !item.Duplicate));
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
        await simulators.DisposeAsync();
        await Amo.DisposeAsync();
        folder.Dispose();
    }

    private async Task<IResult> TakeHookAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        await DeliverAsync(await reader.ReadToEndAsync());
        return Results.StatusCode(202);
    }

    private static IHost Build(TempDirectory folder, string? postgres, Signals signals, TimeProvider? clock, Action<IServiceCollection>? replace)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var services = builder.Services;
        if (clock is not null) services.AddSingleton(clock);
        if (postgres is null) services.AddSqliteStore(folder.File("automation.db"));
        else services.AddPostgreSqlStore(postgres);
        services.AddPersistence(folder.Path, null);
        services.AddSingleton<StepObserver>(signals);
        services.AddAutomationExpressions();
        services.AddAutomationEngine();
        services.AddAutomationActivities();
        services.AddActivities(typeof(Automation.Activities.Crm.ServiceCollectionExtensions).Assembly);
        services.AddCrmActivities();
        services.AddAutomationHttp().AddAmoCrmConnector().AddSmscConnector();
        services.AddAutomationRuntime(new RuntimeOptions());
        replace?.Invoke(services);
        builder.UseOrleans(silo => HostingRegistration.ConfigureLocalSilo(silo, TestPorts.Next(), TestPorts.Next()));
        return builder.Build();
    }

    private static async Task<(AccountId, ConnectionId)> SeedAsync(IServiceProvider services, Uri simulators)
    {
        var ids = services.GetRequiredService<IIdSource>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var hosts = JsonConvert.SerializeObject(new[] { simulators.Authority });
        var account = new AccountRow { Id = ids.NewId(), Slug = "test", Name = "Test", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = now };
        var crm = new ConnectionRow { Id = ids.NewId(), AccountId = account.Id, Kind = "amocrm", Name = "crm", BaseUrl = new Uri(simulators, "amo").ToString(), AllowedHosts = hosts, CreatedAt = now };
        var sms = new ConnectionRow { Id = ids.NewId(), AccountId = account.Id, Kind = "smsc", Name = "sms", BaseUrl = new Uri(simulators, "smsc").ToString(), AllowedHosts = hosts, CreatedAt = now };
        await using (var context = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync())
        {
            context.AddRange(account, crm, sms);
            await context.SaveChangesAsync();
        }

        var secrets = services.GetRequiredService<SecretStore>();
        await secrets.WriteAsync(new(account.Id), new(crm.Id), "token", new AmoCrmOptions().Token, Stop);
        await secrets.WriteAsync(new(account.Id), new(sms.Id), "apikey", new SmscOptions().ApiKey, Stop);
        var ports = services.GetRequiredService<IPorts>();
        var directory = await ports.Open<ICrm>((await ports.FindAsync(new(account.Id), new ConnectionId(crm.Id), Stop))!).ReadDirectoryAsync(Stop);
        await using (var context = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync())
        {
            var row = await context.Connections.FirstAsync(connection => connection.Id == crm.Id);
            row.Directory = JsonConvert.SerializeObject(directory);
            for (var i = 0; i < directory.Users.Count; i++)
                context.Managers.Add(new ManagerRow { AccountId = account.Id, ConnectionId = crm.Id, UserId = directory.Users[i].Id, Name = directory.Users[i].Name, Position = i, Active = true });
            await context.SaveChangesAsync();
        }

        return (new(account.Id), new(crm.Id));
    }

    private sealed class Signals : StepObserver
    {
        private volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Next => next.Task;

        public override void AfterCommit(StepCommit step, bool committed) =>
            Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
