using Automation.Engine.Expressions;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Secrets;
using Automation.Server.CommandLine;
using Automation.Server.Setup;
using Microsoft.AspNetCore.Connections;

namespace Automation.Server.Serve;

/// <summary><c>serve</c>: migrate, open, connect the sandbox, say where to look, run until stopped.</summary>
public static class ServeCommand
{
    private static readonly TimeSpan DatabasePatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Unremarkable = TimeSpan.FromSeconds(5);

    /// <param name="adjust">Puts its own in the place of a service.</param>
    public static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken, Action<IServiceCollection>? adjust = null)
    {
        // Both processes come up side by side; the page opens while the sandbox is still being connected.
        using var sandbox = options.Sandbox && !options.NoSandboxProcess ? SandboxProcess.Start(new Uri(options.SandboxUrl)) : null;
        for (var again = false; ; again = true)
        {
            if (await RunOnceAsync(options, sandbox, again, adjust, cancellationToken) is { } code) return code;
            Console.WriteLine("  The other servers took this one for dead: it was paused or cut off. It starts again.");
        }
    }

    /// <returns>Null when the server has to start again.</returns>
    private static async Task<int?> RunOnceAsync(ServeOptions options, SandboxProcess? sandbox, bool again, Action<IServiceCollection>? adjust, CancellationToken cancellationToken)
    {
        WebApplication? app = null;
        try
        {
            if (options.Postgres is { Length: > 0 } postgres) await DatabaseWait.UntilReachableAsync(postgres, DatabasePatience, TimeProvider.System, cancellationToken);
            app = ServerHost.Build(options, adjust);
            var report = await ListenAsync(app, options, cancellationToken);
            if (!again) Print(options, report);
            if (sandbox is not null) await sandbox.WaitAsync(cancellationToken);
            await OpenAsync(app, again ? options with { Sandbox = false } : options, report, cancellationToken);
            if (options.Sandbox && !again) Console.WriteLine($"  Sandbox      {new Uri(new Uri(options.SandboxUrl), "/sandbox")}   connected: drag a deal to another stage\n");
            var lost = app.Services.GetRequiredService<NodeLease>().Lost;
            var stopped = app.WaitForShutdownAsync(cancellationToken);
            if (await Task.WhenAny(stopped, lost) == stopped)
            {
                await stopped;
                return 0;
            }

            await LeaveAsync(app);
            return null;
        }
        catch (Exception e) when (e is StartRefusedException or CommandFailedException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"address_in_use: {e.Message} Perhaps a server runs already; stop it, or start this one with another --url and --hook-url.");
            return 2;
        }
        catch (Exception e) when (StoreFault.Is(e))
        {
            await Console.Error.WriteLineAsync($"The database failed while the server started: {e.Message} Nothing is lost; start it again.");
            return 3;
        }
        finally
        {
            if (app is not null) await app.DisposeAsync();
        }
    }

    /// <summary>Nothing is handed back: the others have it already.</summary>
    private static async Task LeaveAsync(WebApplication app)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await app.StopAsync(soon.Token);
        }
#pragma warning disable CA1031 // It is dead to the others: how it stops matters to nobody.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The next life begins all the same.
        }
    }

    /// <summary>Brings a built server all the way up; used by tests and benchmarks.</summary>
    public static async Task<StartReport> StartAsync(WebApplication app, ServeOptions options, CancellationToken cancellationToken)
    {
        var report = await ListenAsync(app, options, cancellationToken);
        await OpenAsync(app, options, report, cancellationToken);
        return report;
    }

    private static async Task<StartReport> ListenAsync(WebApplication app, ServeOptions options, CancellationToken cancellationToken)
    {
        // The store is brought up to date while the host starts; nothing works on it before the gate opens.
        var prepared = Task.Run(() => PrepareAsync(app, options, cancellationToken), cancellationToken);
        var started = app.StartAsync(cancellationToken);
        try
        {
            var report = await prepared;
            await started;
            return report;
        }
        catch
        {
            app.Services.GetRequiredService<RuntimeGate>().Refused();
            throw;
        }
    }

    private static async Task OpenAsync(WebApplication app, ServeOptions options, StartReport report, CancellationToken cancellationToken)
    {
        _ = app.Services.GetRequiredService<ScriptWorkerPool>().WarmUpAsync(CancellationToken.None);
        if (options.Sandbox) await app.Services.GetRequiredService<SandboxSetup>().RunAsync(report.Account, new Uri(options.SandboxUrl), new Uri(options.HookUrl), cancellationToken);
        app.Services.GetRequiredService<RuntimeGate>().Open();
    }

    private static async Task<StartReport> PrepareAsync(WebApplication app, ServeOptions options, CancellationToken cancellationToken)
    {
        var setup = app.Services.GetRequiredService<IStoreSetup>();
        await SayingSoAsync(setup.MigrateAsync(cancellationToken), "The database is brought up to date; with a long journal this takes a while …");
        var entering = setup.EnterAsync(cancellationToken);
        await SayingSoAsync(entering, "Another server prepares the database; this one waits for it …");
        await using var alone = await entering;
        // Before this node can join the others: no mailbox may be loaded as it stood in the backup.
        if (await app.Services.GetRequiredService<RestoreMarks>().SettleAsync(cancellationToken) is { } restored)
            Console.WriteLine($"  Restored from a backup of {restored.TakenAt:u}: {restored.Effects} unfinished actions may have been done since. They are looked up; what cannot be is asked about: ./run.sh effects --state unknown");
        app.Services.GetRequiredService<RuntimeGate>().Prepared();
        await app.Services.GetRequiredService<SecretStore>().VerifyAsync(cancellationToken);
        return await app.Services.GetRequiredService<FirstStart>().RunAsync(options, cancellationToken);
    }

    /// <summary>What takes long says what it waits for.</summary>
    private static async Task SayingSoAsync(Task work, string words)
    {
        if (await Task.WhenAny(work, Task.Delay(Unremarkable)) != work) Console.WriteLine($"  {words}");
        await work;
    }

    private static void Print(ServeOptions options, StartReport report)
    {
        Console.WriteLine();
        Console.WriteLine($"  Automation   {report.Link}");
        if (report.Link.AbsolutePath.StartsWith("/start/", StringComparison.Ordinal)) Console.WriteLine("               (opens once; the page then stays signed in for 12 hours)");
        if (report.First is not null) Console.WriteLine($"  First admin  {report.First}\n               (makes the first administrator: once, within 24 hours; a new one: ./run.sh admin-link)");
        Console.WriteLine($"  API          {new Uri(new Uri(options.Url), "/scalar")}");
        Console.WriteLine($"  Hooks        {options.HookUrl}");
        if (report.Key is not null) Console.WriteLine($"  API key      {report.Key}   (shown this once)");
        Console.WriteLine();
    }
}
