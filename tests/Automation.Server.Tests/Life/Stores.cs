using Automation.Engine.Effects;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Sqlite;
using Automation.Server.CommandLine;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Life;

/// <summary>Servers as processes, and looks into the stores that they work on.</summary>
internal static class Stores
{
    public static Task<ServerProcess> StartAsync(DoubleShop shop, string folder, string? database, out string hooks, CancellationToken stop)
    {
        hooks = $"http://127.0.0.1:{TestPorts.Next()}";
        List<string> arguments = ["--data", folder, "--url", $"http://127.0.0.1:{TestPorts.Next()}", "--hook-url", hooks];
        if (database is not null) arguments.AddRange(["--postgres", database]);
        return ServerProcess.StartAsync(arguments, new Dictionary<string, string> { ["Automation__Http__AllowedHosts__0"] = shop.Host, ["DOTNET_TieredPGO"] = "0" }, stop);
    }

    public static Task<int> VerbAsync(string[] arguments, string? database) =>
        Commands.Build((_, _) => Task.FromResult(1)).Parse(database is null ? arguments : [.. arguments, "--postgres", database]).InvokeAsync();

    /// <summary>Nothing is left to do without a person, and where it is given, so many runs there are.</summary>
    public static Task QuietAsync(string folder, string? database, int? runs, CancellationToken stop) => UntilAsync(folder, database, async db =>
        await db.Events.CountAsync(row => row.Status == EventStatus.Waiting, stop) + await db.Timers.CountAsync(stop)
        + await db.Effects.CountAsync(row => row.State == (int)EffectState.Planned || row.State == (int)EffectState.Sending, stop)
        + (runs is { } all ? Math.Abs(all - await db.Runs.CountAsync(stop)) : 0), count => count == 0, stop);

    /// <summary>Another process works on the store: its signs are looked for four times a second.</summary>
    public static async Task UntilAsync(string folder, string? database, Func<AutomationDbContext, Task<int>> ask, Func<int, bool> enough, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!enough(await ReadAsync(folder, database, ask))) await tick.WaitForNextTickAsync(limit.Token);
    }

    public static async Task<T> ReadAsync<T>(string folder, string? database, Func<AutomationDbContext, Task<T>> ask)
    {
        var services = new ServiceCollection().AddPersistence(folder, null);
        if (database is null) services.AddSqliteStore(Path.Combine(folder, "automation.db"));
        else services.AddPostgreSqlStore(database);
        await using var provider = services.BuildServiceProvider();
        await using var context = await provider.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync();
        return await ask(context);
    }
}
