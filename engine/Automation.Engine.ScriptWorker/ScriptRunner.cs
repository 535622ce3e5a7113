using System.Globalization;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Runtime;

namespace Automation.Engine.ScriptWorker;

/// <summary>The reply as JSON; after <c>Leave</c> the process is not to be trusted with another script.</summary>
internal sealed record Reply(byte[] Body, bool Leave);

/// <summary>One engine per call, within the limits of S4.</summary>
internal sealed class ScriptRunner
{
    public static readonly TimeSpan RegexTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);
    private const int AttemptsOfRegex = 3;
    private const int MaxStatements = 100_000;
    private const int MaxRecursion = 64;
    private const int MaxArray = 10_000;
    private const long MaxAllocated = 64L * 1024 * 1024;

    private static readonly string[] Removed =
    [
        "BigInt", "BigInt64Array", "BigUint64Array", "DataView", "Atomics", "SharedArrayBuffer", "ShadowRealm", "Temporal",
        "WeakRef", "FinalizationRegistry", "eval",
    ];

    private readonly ScriptSources _sources = new();

    public Reply Run(byte[] body)
    {
        var (code, message, ru, line, column, leave) = ("", "", (string?)null, 0, 0, false);
        try
        {
            var call = ScriptCall.Read(body);
            var prepared = _sources.Prepare(call.Source);
            if (call.Op == "check") return new Reply("{}"u8.ToArray(), false);
            return new Reply(Evaluate(call, prepared, AttemptsOfRegex), false);
        }
        catch (ScriptFailure e)
        {
            (code, message, ru) = (e.Code, e.Message, e.Ru);
        }
        catch (ScriptPreparationException e)
        {
            var error = (e.InnerException as Acornima.ParseErrorException)?.Error;
            (code, message, line, column) = ("script_failed", "Syntax error: " + (error?.Description ?? e.Message), error?.LineNumber ?? 0, (error?.Column ?? -1) + 1);
        }
        catch (JavaScriptException e)
        {
            code = e.Message.StartsWith("String compilation", StringComparison.Ordinal) ? "script_forbidden" : "script_failed";
            (message, line, column) = (e.Message, e.Location.Start.Line, e.Location.Start.Column + 1);
        }
        catch (PromiseRejectedException e)
        {
            (code, message) = ("script_failed", e.Message);
        }
        catch (System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            (code, message, ru) = ("script_timeout", "A regular expression ran longer than 100 ms.", "Поиск по образцу шёл дольше 100 мс.");
        }
        catch (TimeoutException)
        {
            (code, message, ru) = ("script_timeout", "The script ran longer than 250 ms.", "Скрипт работал дольше 250 мс.");
        }
        catch (StatementsCountOverflowException)
        {
            (code, message, ru) = ("script_too_complex", $"The script ran more than {MaxStatements} statements.", $"Скрипт сделал больше {MaxStatements} шагов.");
        }
        catch (RecursionDepthOverflowException)
        {
            (code, message, ru) = ("script_recursion", $"Calls are nested deeper than {MaxRecursion}.", $"Вызовы стоят один внутри другого больше {MaxRecursion} раз.");
        }
        catch (InsufficientExecutionStackException)
        {
            (code, message, ru) = ("script_recursion", "The script is nested too deeply.", "Части скрипта стоят слишком глубоко одна внутри другой.");
        }
        catch (MemoryLimitExceededException)
        {
            (code, message, ru) = ("script_memory", "The script asked for too much memory, or for a list of more than 10,000 items.", "Скрипт попросил слишком много памяти или список длиннее 10 000 значений.");
        }
        catch (OutOfMemoryException)
        {
            (code, message, ru, leave) = ("script_memory", "The script asked for too much memory.", "Скрипт попросил слишком много памяти.", true);
        }
        catch (Exception)  // the edge of the worker: whatever broke, the next script gets a new process
        {
            (code, message, ru, leave) = ("script_failed", "The script did something that cannot be run here.", "Скрипт сделал то, чего здесь выполнить нельзя.", true);
        }
        return new Reply(Error(code, message, ru, line, column, leave), leave);
    }

    // A regular expression ends by the clock on the wall: where the processor was elsewhere meanwhile, the script begins anew.
    private static byte[] Evaluate(ScriptCall call, Prepared<Acornima.Ast.Script> prepared, int attempts)
    {
        var time = new OwnTime(Timeout);
        try
        {
            return Evaluate(call, prepared, time);
        }
        catch (System.Text.RegularExpressions.RegexMatchTimeoutException) when (attempts > 1 && time.Used < RegexTimeout / 2)
        {
            return Evaluate(call, prepared, attempts - 1);
        }
    }

    private static byte[] Evaluate(ScriptCall call, Prepared<Acornima.Ast.Script> prepared, OwnTime time)
    {
        using var engine = new Jint.Engine(options => Limit(options, call, time));
        foreach (var name in Removed) engine.Global.Delete(name);
        var host = new HostGlobals(engine, call);
        host.Define();
        var value = engine.Evaluate(prepared);
        time.Check(); // a long call into the library is not looked at while it runs
        return host.Reply(ResultWriter.ToJson(value));
    }

    private static void Limit(Options options, ScriptCall call, OwnTime time)
    {
        options.Strict(true);
        options.Constraint(time);
        options.MaxStatements(MaxStatements);
        options.LimitRecursion(MaxRecursion);
        options.LimitMemory(MaxAllocated);
        options.MaxArraySize(MaxArray);
        options.RegexTimeoutInterval(RegexTimeout);
        options.MaxJsonParseDepth(64);
        options.Constraints.StackOverflowGuard = true;
        options.Constraints.MaxAtomicsPauseIterations = 0;
        options.AgentCanSuspend = false;
        options.Host.StringCompilationAllowed = false;
        options.Interop.Enabled = false;
        options.Culture(CultureInfo.InvariantCulture);
        options.TimeSystem = new FrozenTime(call.Now, call.Zone);
        options.TimeZone = call.Zone;
    }

    private static byte[] Error(string code, string message, string? ru, int line, int column, bool leave)
    {
        using var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        if (leave) json.WriteBoolean("leave", true);
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("message", Utf8(message));
        if (ru is not null) json.WriteString("ru", Utf8(ru));
        if (line > 0) json.WriteNumber("line", line);
        if (line > 0 && column > 0) json.WriteNumber("column", column);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return stream.ToArray();

        // A text of the script's may hold half a pair, which a string may not.
        static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text.Length > 500 ? text[..500] : text);
    }
}
