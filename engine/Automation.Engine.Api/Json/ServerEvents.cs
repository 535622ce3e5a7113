using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Automation.Engine.Api.Json;

/// <summary>Server-sent events: something is written at least every 15 s, so that a proxy does not take the stream for dead.</summary>
internal static class ServerEvents
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <param name="open">Sent once the reader stands: what happens from then on comes. Empty for nothing.</param>
    /// <param name="text">An item as it goes out; null passes it by.</param>
    /// <param name="stopping">The server stops.</param>
    public static async Task SendAsync<T>(HttpContext context, Func<CancellationToken, IAsyncEnumerable<T>> read, string open, Func<T, CancellationToken, Task<string?>> text, TimeProvider clock, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var items = read(ended.Token).GetAsyncEnumerator(ended.Token);
        var next = items.MoveNextAsync().AsTask();
        try
        {
            if (open.Length > 0) await WriteAsync(response, open, ended.Token);
            while (true)
            {
                await Task.WhenAny(next, Task.Delay(Heartbeat, clock, ended.Token));
                if (!next.IsCompleted)
                {
                    await WriteAsync(response, ": \n\n", ended.Token);
                    continue;
                }

                if (!await next) return;
                if (await text(items.Current, ended.Token) is { } told) await WriteAsync(response, told, ended.Token);
                next = items.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed, or the server stops.
        }
        finally
        {
            // A reader cannot be closed while it is asked for more.
            await ended.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
