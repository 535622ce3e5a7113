using System.Diagnostics;

namespace Automation.Testing;

/// <summary>Installed programs of PostgreSQL, run as a user that the server accepts.</summary>
internal static class PostgresBinaries
{
    private const string Root = "/usr/lib/postgresql";

    /// <summary>The newest installation's folder; null when there is none.</summary>
    public static string? Find() => !Directory.Exists(Root)
        ? null
        : Directory.GetDirectories(Root).Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .OrderByDescending(bin => int.TryParse(Path.GetFileName(Path.GetDirectoryName(bin)), out var version) ? version : 0)
            .FirstOrDefault();

    /// <summary>PostgreSQL refuses to run as root.</summary>
    public static bool NeedsOtherUser => Environment.UserName == "root";

    /// <summary>Leaves a shell behind, in a session of its own, that waits for this process to end, then stops the server and removes its directory.</summary>
    public static void CleanUpAfterThisProcess(string control, string directory)
    {
        var stop = $"{(NeedsOtherUser ? "runuser -u postgres -- " : "")}{control} stop -D {directory}/data -m immediate";
        var script = $"exec >/dev/null 2>&1; while kill -0 {Environment.ProcessId}; do sleep 0.5; done; {stop}; rm -rf {directory}";
        using var shell = Process.Start(new ProcessStartInfo("setsid") { ArgumentList = { "/bin/sh", "-c", script } });
    }

    public static void Run(string program, params IReadOnlyList<string> arguments)
    {
        var asOther = NeedsOtherUser && program != "chown";
        var start = new ProcessStartInfo(asOther ? "runuser" : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (asOther) foreach (var word in (string[])["-u", "postgres", "--", program]) start.ArgumentList.Add(word);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors}{output.GetAwaiter().GetResult()}");
    }
}
