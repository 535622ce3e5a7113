using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Automation.Server.Tests.Telemetry;

/// <summary>Takes OTLP over HTTP and keeps the bytes: an id or a text is in them as it is.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, List<byte[]>> taken = new(StringComparer.Ordinal);
    private readonly WebApplication app;
    private volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var list = taken.GetOrAdd(kind, _ => []);
            lock (list) list.Add(body.ToArray());
            Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            return Results.Bytes([], "application/x-protobuf");
        });
    }

    public string Address => app.Urls.First();

    public Task StartAsync() => app.StartAsync();

    /// <summary>Waits until something of that kind holds those bytes.</summary>
    /// <param name="kind"><c>traces</c>, <c>metrics</c> or <c>logs</c>.</param>
    public async Task HasAsync(string kind, byte[] bytes, CancellationToken stop)
    {
        while (true)
        {
            var next = changed.Task;
            if (Has(kind, bytes)) return;
            await next.WaitAsync(stop);
        }
    }

    public bool HasAnywhere(string text) => taken.Keys.Any(kind => Has(kind, Encoding.UTF8.GetBytes(text)));

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private bool Has(string kind, byte[] bytes)
    {
        if (!taken.TryGetValue(kind, out var list)) return false;
        lock (list) return list.Exists(body => body.AsSpan().IndexOf(bytes) >= 0);
    }
}
