using System.ComponentModel;
using System.Globalization;
using System.Text;
using Automation.Engine.Expressions.Scripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions;

/// <summary>
/// Runs scripts in warm worker processes (S4). A worker that was killed, died or met anything but a script's own error is replaced in
/// the background; the other workers take the calls meanwhile. Where more are called than there are workers, each waits for its
/// account's turn: a busy server is no reason for a script to fail.
/// </summary>
/// <remarks>
/// Globals by convention: <c>variables</c>, <c>input</c>, <c>outputs</c> (activity → output → value), <c>lastResult</c>, <c>workflow</c>
/// (<c>instanceId</c>, <c>instanceName</c>, <c>correlationId</c>, <c>definitionId</c> …), <c>now</c> (ISO text: the script's clock; the handed-in
/// clock when absent). <c>$timeZone</c> (IANA id, default UTC) is a setting and no global.
/// </remarks>
public sealed class ScriptWorkerPool : IScriptRunner, IScriptChecker, IAsyncDisposable
{
    public const string TimeZoneGlobal = "$timeZone";
    public const int MaxSourceBytes = 16 * 1024;
    public const int MaxRequestBytes = 16 * 1024 * 1024;
    private readonly ScriptOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<ScriptWorkerPool> _logger;
    private readonly WorkerLine _line = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _disposed;
    private int _workers;

    public ScriptWorkerPool(IOptions<ScriptOptions> options, TimeProvider clock, ILogger<ScriptWorkerPool>? logger = null)
    {
        (_options, _clock, _logger) = (options.Value, clock, logger ?? NullLogger<ScriptWorkerPool>.Instance);
    }

    /// <summary>Starts all workers and waits until one is ready; without it the first call does so.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken) => await CheckAsync("1", cancellationToken);

    public ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken) => CallAsync("run", request.Source, request.Globals, request.Account, cancellationToken);

    public async ValueTask<ExpressionError?> CheckAsync(string source, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.QueueTimeout);
        var result = await CheckedAsync(source, patience.Token, cancellationToken);
        return result.Error is { Code: ExpressionCodes.ScriptFailed } syntax ? syntax with { Code = ExpressionCodes.Invalid, Ru = syntax.Ru ?? ParserWords.OfScript(syntax.Message) } : result.Error;
    }

    /// <summary>May be called more than once: a container that knows the pool by several types disposes it for each.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _stopping.CancelAsync();
        foreach (var worker in _line.Close()) worker.Dispose();
        _stopping.Dispose();
    }

    // Somebody waits for the answer.
    private async ValueTask<ScriptResult> CheckedAsync(string source, CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync("check", source, [], "", patience);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return None;
        }
    }

    private async ValueTask<ScriptResult> CallAsync(string op, string source, JObject globals, string account, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(source) > MaxSourceBytes)
            return ScriptFrames.Failed(ExpressionCodes.ScriptTooComplex, $"The script is longer than {MaxSourceBytes / 1024} KiB.", $"Скрипт больше {MaxSourceBytes / 1024} КБ.");
        var frame = Frame(op, source, globals);
        if (frame.Length > MaxRequestBytes)
            return ScriptFrames.Failed(ExpressionCodes.ScriptMemory, $"The data for the script are larger than {MaxRequestBytes / 1024 / 1024} MiB.", $"Данных для скрипта больше {MaxRequestBytes / 1024 / 1024} МБ.");
        var (result, again) = await TryAsync(frame, account, _options.KillAfter, cancellationToken);
        return again ? (await TryAsync(frame, account, _options.KillAfter * 5, cancellationToken)).Result : result;
    }

    private static ScriptResult None => ScriptFrames.Failed(ExpressionCodes.ScriptUnavailable, "No script worker was free in time.", "До этого скрипта не дошла очередь.");

    private async ValueTask<(ScriptResult Result, bool Again)> TryAsync(ReadOnlyMemory<byte> frame, string account, TimeSpan killAfter, CancellationToken cancellationToken)
    {
        if (await LeaseAsync(account, cancellationToken) is not { } worker) return (None, false);
        // A cancelled caller goes; the call ends by itself within the kill time and gives its worker back.
        return await UseAsync(worker, frame, killAfter).WaitAsync(cancellationToken);
    }

    private ReadOnlyMemory<byte> Frame(string op, string source, JObject globals)
    {
        var now = globals["now"] is JValue value && DateTimeOffset.TryParse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var given) ? given : _clock.GetUtcNow();
        var zone = (string?)globals[TimeZoneGlobal] ?? "UTC";
        return ScriptFrames.Request(op, source, now, zone, globals);
    }

    private async ValueTask<ScriptWorkerProcess?> LeaseAsync(string account, CancellationToken cancellationToken)
    {
        while (true)
        {
            Replenish();
            if (await _line.TakeAsync(account, cancellationToken) is not { } worker) return null;
            if (worker.IsAlive) return worker;
            Drop(worker);
        }
    }

    private async Task<(ScriptResult Result, bool Again)> UseAsync(ScriptWorkerProcess worker, ReadOnlyMemory<byte> frame, TimeSpan killAfter)
    {
        var reply = await worker.CallAsync(frame, killAfter);
        var (result, leave) = Read(reply);
        if (leave || !worker.IsAlive || !_line.Give(worker))
        {
            _logger.WorkerReplaced(worker.Id, result.Error?.Code ?? "");
            Drop(worker);
        }

        // Somebody else may have ended it: whether the script does shows the second time.
        return (result, (reply.Starved && _options.RepeatStarved) || (reply.End == WorkerEnd.Died && result.Error?.Code == ExpressionCodes.ScriptUnavailable));
    }

    private static (ScriptResult Result, bool Leave) Read(WorkerReply reply)
    {
        if (reply.End == WorkerEnd.Killed) return (ScriptFrames.Failed(ExpressionCodes.ScriptTimeout, "The script did not end within its time.", "Скрипт не закончился вовремя."), true);
        if (reply.End == WorkerEnd.Died)
        {
            if (reply.Errors.Contains("Stack overflow", StringComparison.OrdinalIgnoreCase)) return (ScriptFrames.Failed(ExpressionCodes.ScriptRecursion, "The script is nested too deeply.", "Части скрипта стоят слишком глубоко одна внутри другой."), true);
            if (reply.Errors.Contains("OutOfMemory", StringComparison.OrdinalIgnoreCase) || reply.Errors.Contains("Out of memory", StringComparison.OrdinalIgnoreCase)) return (ScriptFrames.Failed(ExpressionCodes.ScriptMemory, "The script asked for too much memory.", "Скрипт попросил слишком много памяти."), true);
            return (ScriptFrames.Failed(ExpressionCodes.ScriptUnavailable, "The script worker ended during the call.", "Выполнение скрипта прервалось."), true);
        }
        try
        {
            return ScriptFrames.Reply(reply.Body);
        }
        catch (JsonException)
        {
            return (ScriptFrames.Failed(ExpressionCodes.ScriptUnavailable, "The script worker gave an unreadable reply.", "Ответ скрипта не читается."), true);
        }
    }

    private void Drop(ScriptWorkerProcess worker)
    {
        worker.Dispose();
        Interlocked.Decrement(ref _workers);
        Replenish();
    }

    private void Replenish()
    {
        while (!_stopping.IsCancellationRequested && Volatile.Read(ref _workers) < _options.Workers)
        {
            if (Interlocked.Increment(ref _workers) > _options.Workers)
            {
                Interlocked.Decrement(ref _workers);
                return;
            }
            _ = Task.Run(StartAsync);
        }
    }

    private async Task StartAsync()
    {
        try
        {
            var worker = await ScriptWorkerProcess.StartAsync(_options);
            if (!_line.Give(worker)) worker.Dispose();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException)
        {
            _logger.WorkerNotStarted(e);
            if (Interlocked.Decrement(ref _workers) == 0) _line.SendAway();
        }
    }
}
