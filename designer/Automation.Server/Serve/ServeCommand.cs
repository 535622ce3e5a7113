using Automation.Engine.Expressions;
using Automation.Engine.Hosting;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Secrets;
using Automation.Server.CommandLine;
using Automation.Server.Setup;

namespace Automation.Server.Serve;

/// <summary><c>serve</c>: migrate, open, connect the sandbox, say where to look, run until stopped.</summary>
public static class ServeCommand
{
    public static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        // Both processes come up side by side; the page opens while the sandbox is still being connected.
        using var sandbox = options.Sandbox && !options.NoSandboxProcess ? SandboxProcess.Start(new Uri(options.SandboxUrl)) : null;
        await using var app = ServerHost.Build(options);
        try
        {
            var report = await ListenAsync(app, options, cancellationToken);
            Print(options, report);
            if (sandbox is not null) await sandbox.WaitAsync(cancellationToken);
            await OpenAsync(app, options, report, cancellationToken);
            if (options.Sandbox) Console.WriteLine($"  Sandbox      {new Uri(new Uri(options.SandboxUrl), "/sandbox")}   connected: drag a deal to another stage\n");
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (StartRefusedException e)
        {
            await Console.Error.WriteLineAsync($"{e.Code}: {e.Message}");
            return 2;
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
        var report = await prepared;
        await started;
        return report;
    }

    private static async Task OpenAsync(WebApplication app, ServeOptions options, StartReport report, CancellationToken cancellationToken)
    {
        _ = app.Services.GetRequiredService<ScriptWorkerPool>().WarmUpAsync(CancellationToken.None);
        if (options.Sandbox) await app.Services.GetRequiredService<SandboxSetup>().RunAsync(report.Account, new Uri(options.SandboxUrl), new Uri(options.HookUrl), cancellationToken);
        app.Services.GetRequiredService<RuntimeGate>().Open();
    }

    private static async Task<StartReport> PrepareAsync(WebApplication app, ServeOptions options, CancellationToken cancellationToken)
    {
        await app.Services.GetRequiredService<IStoreSetup>().MigrateAsync(cancellationToken);
        await app.Services.GetRequiredService<SecretStore>().VerifyAsync(cancellationToken);
        return await app.Services.GetRequiredService<FirstStart>().RunAsync(options, cancellationToken);
    }

    private static void Print(ServeOptions options, StartReport report)
    {
        Console.WriteLine();
        Console.WriteLine($"  Automation   {report.Link}");
        Console.WriteLine("               (opens once; the page then stays signed in for 12 hours)");
        Console.WriteLine($"  API          {new Uri(new Uri(options.Url), "/scalar")}");
        Console.WriteLine($"  Hooks        {options.HookUrl}");
        if (report.Key is not null) Console.WriteLine($"  API key      {report.Key}   (shown this once)");
        Console.WriteLine();
    }
}
