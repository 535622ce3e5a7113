using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Automation.Server.Tests;

/// <summary>The real executable as a child process; it can be killed like anybody's.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> output = [];
    private TaskCompletionSource said = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string lastLine;

    private ServerProcess(ProcessStartInfo start)
    {
        lastLine = start.ArgumentList.Contains("--sandbox") ? "  Sandbox  " : "  Hooks  ";
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The server ended: " + string.Join('\n', output)));
    }

    public static string Dll { get; } = Find("designer", "Automation.Server");

    /// <summary>The server that can be told where to die: compiled ahead where <c>AUTOMATION_KILL_HOST</c> says, as the long lane starts it often.</summary>
    public static string KillHost { get; } = Environment.GetEnvironmentVariable("AUTOMATION_KILL_HOST") is { Length: > 0 } given ? given : Find("tests", "Automation.KillHost");

    /// <summary>Starts <c>serve</c> and waits until it has said where it listens, and with a sandbox that it is connected.</summary>
    /// <param name="dll">Another program than the server.</param>
    public static async Task<ServerProcess> StartAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, string? dll = null)
    {
        var (program, first) = Program(dll ?? Dll);
        var start = new ProcessStartInfo(program, first) { RedirectStandardInput = dll is not null, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("serve");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var server = new ServerProcess(start);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        try
        {
            await server.ready.Task.WaitAsync(TimeSpan.FromSeconds(90), cancellationToken);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return server;
    }

    private static (string Program, string[] First) Program(string path) => path.EndsWith(".dll", StringComparison.Ordinal) ? ("dotnet", [path]) : (path, []);

    public bool IsDead => process.HasExited;

    public string Output
    {
        get { lock (output) return string.Join('\n', output); }
    }

    /// <summary>Sends a signal: STOP, CONT, TERM.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill") { ArgumentList = { $"-{name}", $"{process.Id}" } })!;
        kill.WaitForExit();
    }

    public Task ExitedAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    public int ExitCode => process.ExitCode;

    /// <summary>Waits until its output has that text.</summary>
    public async Task SaysAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (output)
            {
                if (output.Exists(line => line.Contains(text, StringComparison.Ordinal))) return;
                next = said.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A line on its input; one that is dead already hears nothing.</summary>
    public async Task OrderAsync(string line)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(line);
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // Died meanwhile.
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (output)
        {
            output.Add(line);
            said.TrySetResult();
            said = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (line.Contains(lastLine, StringComparison.Ordinal)) ready.TrySetResult(line);
    }

    private static string Find(string part, string project)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, part, project, "bin", configuration, "net10.0", $"{project}.dll");
            if (File.Exists(candidate)) return candidate;
        }

        throw new InvalidOperationException($"{project} is not built.");
    }
}
