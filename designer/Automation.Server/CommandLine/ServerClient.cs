using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>Calls of the running server's API. A refusal becomes a <see cref="CommandFailedException"/> in words with its code.</summary>
internal sealed class ServerClient : IDisposable
{
    private static readonly JsonSerializerSettings Settings = new() { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(100);
    private readonly HttpClient http;
    private readonly string address;
    private readonly bool hasKey;

    public ServerClient(string address, string? key, HttpMessageHandler? handler)
    {
        if (!Addresses.IsWeb(address)) throw new CommandFailedException($"--server: '{address}' is not an address; write {ServeOptions.DefaultUrl}.");
        (this.address, hasKey) = (address, key is not null);
        http = handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false);
        http.Timeout = Timeout.InfiniteTimeSpan;  // a live stream has no end; every other call has AnswerWithin
        http.BaseAddress = new Uri(address.TrimEnd('/') + "/");
        http.DefaultRequestHeaders.Accept.Add(new("application/json"));
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task<JToken> GetAsync(string path, CancellationToken cancellationToken) => Parse(await GetTextAsync(path, cancellationToken));

    /// <summary>The answer's body as it came.</summary>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <param name="body">JSON; null for none.</param>
    public async Task<JToken> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The <c>data</c> of each server-sent event until the server or the caller ends it.</summary>
    public async IAsyncEnumerable<string> ListenAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Clear();
        request.Headers.Accept.Add(new("text/event-stream"));
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(cancellationToken)) yield return item.Data;
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerWithin);
        try
        {
            answer = await http.SendAsync(request, completion, patience.Token);
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailedException($"Nothing answers at {address} ({e.HttpRequestError}). Start the server with ./run.sh, or name it with --server.");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailedException($"The server at {address} did not answer in time.");
        }
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw new CommandFailedException(await WordsAsync(answer, cancellationToken));
    }

    private async Task<string> WordsAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return hasKey ? "unauthenticated: the server does not know this key. Set AUTOMATION_KEY to a valid one."
                : "unauthenticated: there is no key. Set AUTOMATION_KEY, or run from the server's directory so that data/cli.key is found (--data).";
        return ProblemText.Of(await answer.Content.ReadAsStringAsync(cancellationToken), (int)answer.StatusCode);
    }

    private static JToken Parse(string text)
    {
        try
        {
            return text.Length == 0 ? JValue.CreateNull() : JsonConvert.DeserializeObject<JToken>(text, Settings) ?? JValue.CreateNull();
        }
        catch (JsonException)
        {
            throw new CommandFailedException("What answers there is not this product's API: its answer is not JSON. Check --server.");
        }
    }
}
