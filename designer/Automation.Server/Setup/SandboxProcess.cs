using System.Diagnostics;

namespace Automation.Server.Setup;

/// <summary>The demonstration CRM as a process of its own. It ends with this process: its standard input closes.</summary>
public sealed class SandboxProcess : IDisposable
{
    private readonly Process process;

    private readonly Uri address;

    private SandboxProcess(Process process, Uri address) => (this.process, this.address) = (process, address);

    /// <summary>It lies beside this build.</summary>
    public static bool IsBuilt => Find() is not null;

    /// <exception cref="InvalidOperationException">It is not built.</exception>
    public static SandboxProcess Start(Uri address)
    {
        var dll = Find() ?? throw new InvalidOperationException("The sandbox is not built: dotnet build samples/Automation.Sandbox");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList = { dll, "--urls", address.GetLeftPart(UriPartial.Authority), "--until-input-closes", "true" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.PriorityClass = ProcessPriorityClass.BelowNormal; // the server comes first
        return new(process, address);
    }

    /// <summary>Returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended at once.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        while (true)
        {
            if (process.HasExited) throw new InvalidOperationException($"The sandbox ended with exit code {process.ExitCode}; is {address} taken?");
            try
            {
                using var answer = await http.GetAsync(new Uri(address, "/sandbox"), cancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private static string? Find()
    {
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "samples", "Automation.Sandbox", "bin", configuration, "net10.0", "Automation.Sandbox.dll");
            if (File.Exists(candidate)) return candidate;
        }

        return null;
    }
}
