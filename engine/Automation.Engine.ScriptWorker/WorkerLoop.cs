using System.Diagnostics;

namespace Automation.Engine.ScriptWorker;

/// <summary>One script after the other until standard input closes, which happens when the server ends.</summary>
internal sealed class WorkerLoop(Stream input, Stream output)
{
    private static readonly TimeSpan LastResort = TimeSpan.FromSeconds(3);

    public void Run()
    {
        var runner = new ScriptRunner();
        WarmUp(runner);
        Frames.Write(output, "{}"u8);
        // The server kills after 1 s; this one ends a worker whose server is gone while a built-in loops.
        using var watchdog = new Timer(_ => Process.GetCurrentProcess().Kill());
        while (Frames.Read(input) is { } request)
        {
            watchdog.Change(LastResort, Timeout.InfiniteTimeSpan);
            var reply = runner.Run(request);
            watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Frames.Write(output, reply.Body);
            if (reply.Leave) return;
        }
    }

    // Compiles the paths that every call takes, so that the first real script does not pay for it within its 250 ms.
    private static void WarmUp(ScriptRunner runner)
    {
        var request = """
            {"op":"run","now":"2026-01-01T00:00:00+00:00","zone":"UTC","source":"const a = [1, 2, 3].map(x => x * 2).filter(x => x > 2); let s = ''; for (let i = 0; i < 50; i++) { s += i; } setVariable('b', { a, s }); try { null.x } catch (e) { s = e.message } console.log(s); return { a, d: new Date(), r: /a(b)/.test('ab'), v: getVariable('c'), j: JSON.stringify(deal), k: Object.keys(deal), t: `${deal.price}` };","globals":{"deal":{"price":1.5,"tags":["a"]},"variables":{"c":1}}}
            """u8.ToArray();
        for (var i = 0; i < 40; i++) runner.Run(request);
        GC.Collect();
    }
}
