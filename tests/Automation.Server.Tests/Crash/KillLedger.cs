using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Automation.Server.Tests.Crash;

/// <summary>
/// The outside of a kill scene. Knows what was sent when and what was acknowledged, takes the calls that follow, at once or after a delay,
/// and counts what is owed, doubled, out of order or early. Runs on the machine's clock, as the servers do.
/// </summary>
internal sealed class KillLedger
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> last = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> due = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> owed = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Doubled { get; } = [];

    public List<string> OutOfOrder { get; } = [];

    /// <summary>Calls of a delayed trigger that came before their event can have been due.</summary>
    public List<string> Early { get; } = [];

    public int Acknowledgements { get; private set; }

    /// <summary>Delayed calls that came.</summary>
    public int Fired { get; private set; }

    public async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/{lane}/{deal}/{number:int}", (string lane, string deal, int number, HttpRequest request) =>
        {
            Take(lane, deal, number, request.Headers["Idempotency-Key"].ToString());
            return Results.Ok();
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Before it is sent: no run can have begun, so its delayed call cannot be due within the delay from now.</summary>
    public void Sending(string deal, int number)
    {
        if (!KillFunnel.IsDelayed(number)) return;
        lock (gate) due[Name(KillFunnel.Later, deal, number)] = TimeProvider.System.GetUtcNow() + KillFunnel.Delay;
    }

    /// <summary>From here on the calls of it are owed.</summary>
    public void Acknowledged(string deal, int number)
    {
        lock (gate)
        {
            Acknowledgements++;
            Owe(Name(KillFunnel.Now, deal, number), TimeProvider.System.GetUtcNow());
            if (KillFunnel.IsDelayed(number)) Owe(Name(KillFunnel.Later, deal, number), TimeProvider.System.GetUtcNow() + KillFunnel.Delay);
        }

        void Owe(string name, DateTimeOffset at)
        {
            if (!keys.ContainsKey(name)) owed[name] = at;
        }
    }

    /// <summary>Waits until all is paid that was due by then.</summary>
    /// <returns>What is still owed at the end of the limit, as "lane:deal:number".</returns>
    public async Task<IReadOnlyList<string>> OwedAsync(DateTimeOffset by, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        while (true)
        {
            Task next;
            string[] open;
            lock (gate)
            {
                next = changed.Task;
                open = [.. owed.Where(one => one.Value <= by).Select(one => one.Key)];
            }

            if (open.Length == 0) return [];
            try
            {
                await next.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                return open;
            }
        }
    }

    private static string Name(string lane, string deal, int number) => string.Create(CultureInfo.InvariantCulture, $"{lane}:{deal}:{number}");

    private void Take(string lane, string deal, int number, string key)
    {
        var (name, now) = (Name(lane, deal, number), TimeProvider.System.GetUtcNow());
        lock (gate)
        {
            if (keys.TryGetValue(name, out var known))
            {
                if (known != key) Doubled.Add(name);
                return;
            }

            keys[name] = key;
            owed.Remove(name);
            if (last.TryGetValue($"{lane}:{deal}", out var before) && before > number) OutOfOrder.Add(name);
            last[$"{lane}:{deal}"] = number;
            if (lane == KillFunnel.Later)
            {
                Fired++;
                if (!due.TryGetValue(name, out var earliest) || now < earliest) Early.Add(name);
            }

            changed.TrySetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
