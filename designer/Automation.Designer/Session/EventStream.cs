using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;

namespace Automation.Designer.Session;

/// <summary>Server-sent events of the API, read for as long as a page is open.</summary>
public static class EventStream
{
    /// <summary>Events as they come; after a break the connection is made anew. What came in between is not repeated.</summary>
    /// <param name="opened">Called each time that the connection stands; a second time means that something may have been missed.</param>
    public static async IAsyncEnumerable<SseItem<string>> ReadAsync(ApiClient api, string path, TimeProvider clock, Func<Task> opened, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await foreach (var item in OnceAsync(api, path, opened, cancellationToken)) yield return item;
            await Task.Delay(TimeSpan.FromSeconds(2), clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> OnceAsync(ApiClient api, string path, Func<Task> opened, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await OpenAsync(api, path, cancellationToken);
        if (answer is null) yield break;
        await opened();
        await using var items = SseParser.Create(await answer.Content.ReadAsStreamAsync(cancellationToken), (_, data) => Encoding.UTF8.GetString(data)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(items)) yield return items.Current;
    }

    private static async Task<HttpResponseMessage?> OpenAsync(ApiClient api, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await api.AskAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or ApiException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
