using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Automation.Server.Tests.Crash;

/// <summary>The outside system: knows keys, and counts what is lost, doubled, out of order.</summary>
internal sealed class Ledger
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> last = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Doubled { get; } = [];

    /// <summary>Awaited before a call is answered; gets "deal:number".</summary>
    public Func<string, Task>? BeforeAnswer { get; set; }

    public List<string> OutOfOrder { get; } = [];

    public async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/{deal}/{number:int}", async (string deal, int number, HttpRequest request) =>
        {
            var answer = Take(deal, number, request.Headers["Idempotency-Key"].ToString());
            if (BeforeAnswer is { } wait) await wait($"{deal}:{number}");
            return answer;
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>The first of the names ("deal:number") that is called; null when none is within the limit.</summary>
    public async Task<string?> FirstAsync(IReadOnlyList<string> names, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        while (true)
        {
            var next = changed.Task;
            lock (gate)
                if (names.FirstOrDefault(keys.ContainsKey) is { } found) return found;
            try
            {
                await next.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    public async Task<string[]> MissingAsync(HashSet<string> expected, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        while (true)
        {
            var next = changed.Task;
            string[] missing;
            lock (gate) missing = [.. expected.Except(keys.Keys)];
            if (missing.Length == 0) return [];
            try
            {
                await next.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                return missing;
            }
        }
    }

    private IResult Take(string deal, int number, string key)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{deal}:{number}");
        lock (gate)
        {
            if (keys.TryGetValue(name, out var known))
            {
                if (known != key) Doubled.Add(name);
            }
            else
            {
                if (last.TryGetValue(deal, out var before) && before > number) OutOfOrder.Add(name);
                last[deal] = number;
                keys[name] = key;
            }
        }

        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return Results.Ok();
    }
}
