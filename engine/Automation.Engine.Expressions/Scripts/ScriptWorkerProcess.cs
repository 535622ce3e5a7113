using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Automation.Engine.Expressions.Scripts;

/// <summary>How a call ended for the process: a reply, or none.</summary>
internal enum WorkerEnd
{
    Replied,
    Killed,
    Died,
}

/// <summary>The reply of a worker; for a worker that died, what it wrote to its error stream.</summary>
/// <param name="Starved">Killed without having had half of its time on a processor: the machine is to blame, not the script.</param>
internal readonly record struct WorkerReply(WorkerEnd End, byte[] Body, string Errors, bool Starved = false);

/// <summary>One worker process; one call at a time.</summary>
internal sealed class ScriptWorkerProcess : IDisposable
{
    private const int MaxReply = 1024 * 1024;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Timer _watchdog;  // real time on purpose: it guards a real process
    private TaskCompletionSource<WorkerReply> _pending = NewReply();
    private volatile bool _killed;
    private volatile bool _ended;
    private volatile bool _starved;
    private TimeSpan _usedBefore;
    private TimeSpan _limit;

    private ScriptWorkerProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        _input = process.StandardInput.BaseStream;
        _watchdog = new Timer(static state => ((ScriptWorkerProcess)state!).TimeIsUp(), this, Timeout.Infinite, Timeout.Infinite);
        new Thread(ReadReplies, 256 * 1024) { IsBackground = true, Name = "script worker " + process.Id.ToString(CultureInfo.InvariantCulture) }.Start();
    }

    public bool IsAlive => !_ended && !_killed;

    public int Id { get; }

    /// <summary>Starts a process and waits until it says that it is warm.</summary>
    /// <exception cref="InvalidOperationException">It could not be started, or ended at once.</exception>
    public static async Task<ScriptWorkerProcess> StartAsync(ScriptOptions options)
    {
        var worker = new ScriptWorkerProcess(Process.Start(StartInfo(options)) ?? throw new InvalidOperationException("The script worker did not start."));
        worker._watchdog.Change(options.StartTimeout, Timeout.InfiniteTimeSpan);
        var hello = await worker._pending.Task;
        worker._watchdog.Change(Timeout.Infinite, Timeout.Infinite);
        if (hello.End == WorkerEnd.Replied) return worker;
        worker.Dispose();
        throw new InvalidOperationException($"The script worker ended while starting. {hello.Errors}");
    }

    /// <summary>Never throws; the worker is to be dropped unless it replied.</summary>
    public async Task<WorkerReply> CallAsync(ReadOnlyMemory<byte> frame, TimeSpan killAfter)
    {
        var reply = NewReply();
        _pending = reply;
        if (_ended) return new WorkerReply(WorkerEnd.Died, [], "");
        (_usedBefore, _limit) = (Used(), killAfter);
        _watchdog.Change(killAfter, Timeout.InfiniteTimeSpan);
        try
        {
            _input.Write(frame.Span);
            _input.Flush();
        }
        catch (IOException)
        {
            // The reader sees the end of the process and completes the reply.
        }
        var result = await reply.Task;
        _watchdog.Change(Timeout.Infinite, Timeout.Infinite);
        return result;
    }

    public void Dispose()
    {
        Kill();
        _watchdog.Dispose();
    }

    private void TimeIsUp()
    {
        _starved = Used() - _usedBefore < _limit / 2;
        Kill();
    }

    private TimeSpan Used()
    {
        try
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return TimeSpan.Zero; // ended
        }
    }

    private static ProcessStartInfo StartInfo(ScriptOptions options)
    {
        var path = options.WorkerPath ?? Path.Combine(AppContext.BaseDirectory, "scriptworker", "Automation.Engine.ScriptWorker.dll");
        if (!File.Exists(path)) throw new InvalidOperationException($"The script worker is not at {path}; set Automation:Scripts:WorkerPath.");
        var dll = path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var start = new ProcessStartInfo(dll ? Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet") : path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(path))!,
        };
        if (dll)
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(Path.GetFullPath(path));
        }
        start.Environment.Clear();
        start.Environment["DOTNET_ROOT"] = root;
        start.Environment["DOTNET_GCHeapHardLimit"] = ((long)options.HeapMegabytes * 1024 * 1024).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        if (OperatingSystem.IsWindows()) start.Environment["SystemRoot"] = Environment.GetEnvironmentVariable("SystemRoot");
        return start;
    }

    // A thread of its own: a pipe is read without blocking one of the server's pool threads for as long as the worker idles.
    private void ReadReplies()
    {
        var output = _process.StandardOutput.BaseStream;
        try
        {
            while (ReadFrame(output) is { } body) _pending.TrySetResult(new WorkerReply(WorkerEnd.Replied, body, ""));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Ended below.
        }
        var errors = ReadErrors();
        _ended = true;
        _pending.TrySetResult(new WorkerReply(_killed ? WorkerEnd.Killed : WorkerEnd.Died, [], errors, _starved));
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static byte[]? ReadFrame(Stream output)
    {
        Span<byte> header = stackalloc byte[4];
        if (output.ReadAtLeast(header, 4, throwOnEndOfStream: false) < 4) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > MaxReply) return null;
        var body = new byte[length];
        return output.ReadAtLeast(body, length, throwOnEndOfStream: false) < length ? null : body;
    }

    private string ReadErrors()
    {
        try
        {
            var buffer = new byte[4096];
            var length = _process.StandardError.BaseStream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private void Kill()
    {
        if (_ended) return;
        _killed = true;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private static TaskCompletionSource<WorkerReply> NewReply() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
