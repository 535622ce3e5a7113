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
        var (code, message, line, column, leave) = ("", "", 0, 0, false);
        try
        {
            var call = ScriptCall.Read(body);
            var prepared = _sources.Prepare(call.Source);
            if (call.Op == "check") return new Reply("{}"u8.ToArray(), false);
            return new Reply(Evaluate(call, prepared, AttemptsOfRegex), false);
        }
        catch (ScriptFailure e)
        {
            (code, message) = (e.Code, e.Message);
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
            (code, message) = ("script_timeout", "A regular expression ran longer than 100 ms.");
        }
        catch (TimeoutException)
        {
            (code, message) = ("script_timeout", "The script ran longer than 250 ms.");
        }
        catch (StatementsCountOverflowException)
        {
            (code, message) = ("script_too_complex", $"The script ran more than {MaxStatements} statements.");
        }
        catch (RecursionDepthOverflowException)
        {
            (code, message) = ("script_recursion", $"Calls are nested deeper than {MaxRecursion}.");
        }
        catch (InsufficientExecutionStackException)
        {
            (code, message) = ("script_recursion", "The script is nested too deeply.");
        }
        catch (MemoryLimitExceededException)
        {
            (code, message) = ("script_memory", "The script asked for too much memory, or for a list of more than 10,000 items.");
        }
        catch (OutOfMemoryException)
        {
            (code, message, leave) = ("script_memory", "The script asked for too much memory.", true);
        }
        catch (Exception)  // the edge of the worker: whatever broke, the next script gets a new process
        {
            (code, message, leave) = ("script_failed", "The script did something that cannot be run here.", true);
        }
        return new Reply(Error(code, message, line, column, leave), leave);
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

    private static byte[] Error(string code, string message, int line, int column, bool leave)
    {
        using var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        if (leave) json.WriteBoolean("leave", true);
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("message", System.Text.Encoding.UTF8.GetBytes(message.Length > 500 ? message[..500] : message));
        if (line > 0) json.WriteNumber("line", line);
        if (line > 0 && column > 0) json.WriteNumber("column", column);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return stream.ToArray();
    }
}
