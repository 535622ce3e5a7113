using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Automation.Benchmarks.Load;
using Automation.Engine.Accounts;
using Automation.Engine.Api;
using Automation.Engine.Api.Access;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Automation.Benchmarks.Scenes;

/// <summary>A store filled by the product's own services, a sink outside, and a server process over both.</summary>
internal sealed class Scene : IDisposable
{
    public const int Accounts = 200;
    private const string Secret = "benchmark-secret-benchmark-secret";
    private const string Quotas = """{"quotas":{"EventsPerSecond":1000000,"EventsBurst":1000000,"EffectsPerDay":100000000,"RunsPerTrigger":100000000}}""";
    private readonly TempDirectory folder = new();
    private readonly List<string> hooks = [];

    private Scene(string? database) => Database = database;

    /// <summary>Connection string; null on SQLite.</summary>
    public string? Database { get; }

    public Sink Sink { get; } = new();

    public ServeOptions Options { get; private set; } = new();

    /// <param name="funnel">Of each account, from the sink's address; null for none.</param>
    /// <param name="kind">Of the connections: generic or amocrm.</param>
    public static async Task<Scene> BuildAsync(bool onPostgres, Func<string, FunnelDocument>? funnel, string kind = "generic")
    {
        var scene = new Scene(onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(CancellationToken.None) : null);
        scene.Options = scene.NewOptions();
        await using var app = ServerHost.Build(scene.Options);
        await app.Services.GetRequiredService<IStoreSetup>().MigrateAsync(CancellationToken.None);
        for (var i = 0; i < Accounts; i++) await scene.AddAccountAsync(app, i, kind, funnel?.Invoke(scene.Sink.Url));
        return scene;
    }

    /// <summary>Addresses of one more server over the same store.</summary>
    public ServeOptions NewOptions() => new()
    {
        Data = folder.Path,
        Postgres = Database,
        Url = $"http://127.0.0.1:{TestPorts.Next()}",
        HookUrl = $"http://127.0.0.1:{TestPorts.Next()}",
    };

    public Task<ServerChild> StartAsync(ServeOptions? options = null) => ServerChild.StartAsync(options ?? Options, new Uri(Sink.Url).Authority);

    /// <summary>Signed hooks, one deal each, over all accounts in turn. The effect tells the sink the number.</summary>
    /// <param name="first">Number of the first deal.</param>
    public byte[][] Hooks(int count, int first = 0) =>
        [.. Enumerable.Range(0, count).Select(i => Requests.Signed(hooks[i % hooks.Count], Secret, $"d-{first + i}", $$"""{"entity_type":"deal","entity_id":"{{first + i}}","number":{{i}},"amount":{{500 + i}},"city":"Казань"}"""))];

    public byte[][] AmoHooks(int count, int first = 0) =>
        [.. Enumerable.Range(0, count).Select(i => Requests.AmoCrm(hooks[i % hooks.Count], Remote(i % hooks.Count), first + i, 1_760_000_000 + i))];

    /// <summary>A number out of the store, read beside the server.</summary>
    public async Task<long> CountAsync(string sql)
    {
        if (Database is { } database)
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand(sql);
            return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        }

        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "automation.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var read = connection.CreateCommand();
        read.CommandText = sql;
        return Convert.ToInt64(await read.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>An API key of an account, made by the product's own service.</summary>
    public async Task<string> AddKeyAsync(int account)
    {
        await using var app = ServerHost.Build(NewOptions());
        var owner = (await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync()).Accounts.Single(row => row.Slug == $"bench-{account}");
        return await app.Services.GetRequiredService<ApiKeyService>().CreateAsync(new(owner.Id), "bench", ApiKeyKinds.Key, null, CancellationToken.None);
    }

    /// <summary>Waits until as many runs are finished in the store.</summary>
    public async Task FinishedAsync(long runs)
    {
        for (var tries = 0; await CountAsync("SELECT count(*) FROM runs WHERE finished_at IS NOT NULL") < runs; tries++)
        {
            if (tries > 6_000) throw new TimeoutException($"{runs} runs did not finish.");
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        Sink.Dispose();
        folder.Dispose();
    }

    private static string Remote(int account) => (31_000_000 + account).ToString(CultureInfo.InvariantCulture);

    private async Task AddAccountAsync(WebApplication app, int number, string kind, FunnelDocument? funnel)
    {
        var ids = app.Services.GetRequiredService<IIdSource>();
        var now = TimeProvider.System.GetUtcNow();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var account = new AccountRow { Id = ids.NewId(), Slug = $"bench-{number}", Name = $"Bench {number}", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = now, Settings = Quotas };
        var connection = new ConnectionRow
        {
            Id = ids.NewId(),
            AccountId = account.Id,
            Kind = kind,
            Name = "shop",
            CreatedAt = now,
            HookTokenHash = SHA256.HashData(Encoding.UTF8.GetBytes(token)),
            RemoteAccountId = kind == "amocrm" ? Remote(number) : null,
        };
        await using (var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync())
        {
            context.AddRange(account, connection);
            await context.SaveChangesAsync();
        }

        if (kind == "generic") await app.Services.GetRequiredService<SecretStore>().WriteAsync(new(account.Id), new(connection.Id), "webhook", Secret, CancellationToken.None);
        hooks.Add($"/hooks/{kind}/{token}");
        if (funnel is null) return;
        var service = app.Services.GetRequiredService<FunnelService>();
        var saved = await service.SaveDraftAsync(new(account.Id), funnel, null, CancellationToken.None);
        await service.PublishAsync(new(account.Id), saved.Id, null, null, CancellationToken.None);
    }
}
