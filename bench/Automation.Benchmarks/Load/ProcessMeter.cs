using System.Globalization;
using Npgsql;

namespace Automation.Benchmarks.Load;

/// <summary>Processor time and memory of processes, from /proc.</summary>
internal static class ProcessMeter
{
    private const double Ticks = 100; // sysconf(_SC_CLK_TCK) on Linux

    /// <summary>Seconds of processor that the process and its children, living and reaped, have used.</summary>
    public static double Cpu(int root) => Tree(root).Sum(pid => Read(pid) is { } fields ? (fields[11] + fields[12]) / Ticks : 0) + (Read(root) is { } own ? (own[13] + own[14]) / Ticks : 0);

    /// <summary>Resident MiB of the process alone.</summary>
    public static double Rss(int pid) => Kilobytes(pid, "VmRSS:") / 1024.0;

    public static double PeakRss(int pid) => Kilobytes(pid, "VmHWM:") / 1024.0;

    /// <summary>The postmaster behind a connection string on this machine.</summary>
    public static async Task<int> PostmasterAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT pg_backend_pid()");
        return Parent((int)(await command.ExecuteScalarAsync())!);
    }

    private static IEnumerable<int> Tree(int root)
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0)
            .Where(pid => pid > 0).Select(pid => (Pid: pid, Parent: Parent(pid))).ToLookup(pair => pair.Parent, pair => pair.Pid);
        var left = new Stack<int>([root]);
        while (left.TryPop(out var pid))
        {
            yield return pid;
            foreach (var child in parents[pid]) left.Push(child);
        }
    }

    private static int Parent(int pid) => Read(pid) is { } fields ? (int)fields[1] : -1;

    /// <summary>The fields after the name: 0 is the state, 1 the parent, 11 to 14 user, system, children's user and system ticks.</summary>
    private static long[]? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ').Select(field => long.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Kilobytes(int pid, string name) =>
        File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture)
            : 0;
}
