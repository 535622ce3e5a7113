namespace Automation.Sandbox;

/// <summary>Server-sent events: one short line for each change, the page then reads what it shows.</summary>
internal static class LiveStream
{
    public static void Map(WebApplication app, World world) => app.MapGet(World.Root + "/live", async context =>
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, app.Lifetime.ApplicationStopping);
        var page = world.Feed.Open();
        try
        {
            await context.Response.WriteAsync("retry: 1000\nevent: ready\ndata: {}\n\n", ends.Token);
            await context.Response.Body.FlushAsync(ends.Token);
            await foreach (var _ in page.Reader.ReadAllAsync(ends.Token))
            {
                await context.Response.WriteAsync("event: changed\ndata: {}\n\n", ends.Token);
                await context.Response.Body.FlushAsync(ends.Token);
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
        }
        finally
        {
            world.Feed.Close(page);
        }
    });
}
