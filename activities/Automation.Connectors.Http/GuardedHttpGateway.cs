using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Microsoft.Extensions.Options;

namespace Automation.Connectors.Http;

/// <summary>
/// The one way out over HTTP (S5). Two pools of connections: one whose every connection leads to a checked public address, and one that only
/// calls to a host named by the operator may use, so that a connection opened by one account's allowance never serves another call.
/// </summary>
public sealed class GuardedHttpGateway : IHttpGateway, IDisposable
{
    private readonly GuardedHttpOptions limits;
    private readonly TimeProvider clock;
    private readonly HostGates gates;
    private readonly HostBreakers? breakers;
    private readonly HttpMessageInvoker publicHosts;
    private readonly HttpMessageInvoker allowedHosts;

    /// <param name="breakers">Told what became of each call; null for nobody.</param>
    public GuardedHttpGateway(IOptions<GuardedHttpOptions> options, TimeProvider clock, HostBreakers? breakers = null)
    {
        this.breakers = breakers;
        limits = options.Value;
        this.clock = clock;
        gates = new HostGates(limits.ParallelPerHost);
        publicHosts = new HttpMessageInvoker(Handler(new Dialer(new AddressRules(clock)).DialPublicAsync));
        allowedHosts = new HttpMessageInvoker(Handler(Dialer.DialAllowedAsync));
    }

    public async Task<HttpAnswer> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var hosts = limits.AllowedHosts.Count == 0 ? call.AllowedHosts : [.. limits.AllowedHosts, .. call.AllowedHosts ?? []];
        var (destination, code, reason) = Destination.Check(call.Url, hosts);
        if (destination is not { } first) return new HttpAnswer.Denied(code!, reason!);
        if (RequestHeaders.Refusal(call.Headers, call.ContentType) is { } refusal) return new HttpAnswer.Denied("header_denied", refusal);

        using var timeout = new CancellationTokenSource(call.Timeout ?? limits.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await FollowAsync(call, first, hosts, either.Token, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HttpAnswer.NotSent("No connection within the time limit.");
        }
    }

    public void Dispose()
    {
        publicHosts.Dispose();
        allowedHosts.Dispose();
    }

    private async Task<HttpAnswer> FollowAsync(HttpCall call, Destination first, IReadOnlyList<string>? hosts, CancellationToken either, CancellationToken callers)
    {
        var (to, method, body, secrets) = (first, new HttpMethod(call.Method), call.Body, true);
        for (var hop = 0; ; hop++)
        {
            HttpAnswer answer;
            using (await gates.EnterAsync(call.Account, to.Authority, either))
                answer = await ExchangeAsync(call, to, method, body, secrets, either, callers);
            if (answer is not HttpAnswer.Denied) breakers?.Report(call.Account, to.Authority, answer is HttpAnswer.Received { Status: not (408 or 425 or 429 or >= 500) });
            if (answer is HttpAnswer.Denied denied && hop > 0 && denied.Code == "destination_denied")
                return denied with { Code = "redirect_denied" };
            if (answer is not HttpAnswer.Received received || Target(received, to.Url) is not { } target) return answer;
            if (hop == limits.MaxRedirects) return new HttpAnswer.Denied("redirect_denied", $"More than {limits.MaxRedirects} redirects.");

            // A public host must not lead into what is allowed for our own calls only.
            var (next, _, reason) = Destination.Check(target, to.Allowed ? hosts : null);
            if (next is not { } checkedNext) return new HttpAnswer.Denied("redirect_denied", reason!);
            secrets &= Uri.Compare(target, to.Url, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
            if (received.Status is 301 or 302 or 303 && method != HttpMethod.Get && method != HttpMethod.Head) (method, body) = (HttpMethod.Get, default);
            to = checkedNext;
        }
    }

    private static Uri? Target(HttpAnswer.Received answer, Uri from) =>
        answer.Status is 301 or 302 or 303 or 307 or 308
        && answer.Headers.TryGetValue("Location", out var location)
        && Uri.TryCreate(from, location, out var target) ? target : null;

    private async Task<HttpAnswer> ExchangeAsync(
        HttpCall call, Destination to, HttpMethod method, ReadOnlyMemory<byte> body, bool withSecrets, CancellationToken either, CancellationToken callers)
    {
        var reads = method == HttpMethod.Get || method == HttpMethod.Head;
        var content = reads && body.IsEmpty ? null : new TrackedContent(body);
        using var request = Request(call, to.Url, method, content, withSecrets);
        try
        {
            using var response = await (to.Allowed ? allowedHosts : publicHosts).SendAsync(request, either);
            return await ReadAsync(response, either);
        }
        catch (OperationCanceledException) when (!callers.IsCancellationRequested)
        {
            return Silence(content, "No answer within the time limit.");
        }
        catch (HttpRequestException failure) when (Cause<DestinationDeniedException>(failure) is { } denied)
        {
            return new HttpAnswer.Denied("destination_denied", denied.Message);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError
            is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
        {
            return Silence(content, $"No connection ({failure.HttpRequestError}).");
        }
        catch (HttpRequestException failure)
        {
            return Silence(content, $"The connection broke ({failure.HttpRequestError}).");
        }
        catch (SocketException failure)
        {
            // The other side took the connection and was gone before anything went over it; the handler does not wrap this one.
            return Silence(content, $"No connection ({failure.SocketErrorCode}).");
        }
        catch (IOException)
        {
            return new HttpAnswer.Lost("The connection broke in the answer.");
        }

        // A request without a body cannot be followed on its way out: then only a failed connection proves that nothing was sent.
        static HttpAnswer Silence(TrackedContent? content, string reason) => content switch
        {
            { Started: false } => new HttpAnswer.NotSent(reason),
            null when reason.StartsWith("No connection", StringComparison.Ordinal) => new HttpAnswer.NotSent(reason),
            _ => new HttpAnswer.Lost(reason),
        };
    }

    private static HttpRequestMessage Request(HttpCall call, Uri url, HttpMethod method, TrackedContent? content, bool withSecrets)
    {
        var request = new HttpRequestMessage(method, url) { Content = content };
        if (content is not null && call.ContentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        foreach (var (name, value) in call.Headers ?? new Dictionary<string, string>())
        {
            if (!withSecrets && RequestHeaders.Secret.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, value)) content?.Headers.TryAddWithoutValidation(name, value);
        }
        if (!request.Headers.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", "Automation/0.1");
        return request;
    }

    private async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limits.MaxAnswerBytes) return TooLarge();
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream((int)(response.Content.Headers.ContentLength ?? 0));
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (body.Length + read > limits.MaxAnswerBytes) return TooLarge();
                body.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return new HttpAnswer.Lost("The answer's compression is broken.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated) headers[name] = string.Join(", ", values);
        foreach (var (name, values) in response.Content.Headers.NonValidated) headers[name] = string.Join(", ", values);
        headers.TryGetValue("Content-Type", out var type);
        return new HttpAnswer.Received((int)response.StatusCode, headers, body.GetBuffer().AsMemory(0, (int)body.Length), type);
    }

    private HttpAnswer.Denied TooLarge() => new("response_too_large", $"The answer is larger than {limits.MaxAnswerBytes} bytes.");

    private static T? Cause<T>(Exception? failure) where T : Exception
    {
        for (; failure is not null; failure = failure.InnerException)
            if (failure is T found) return found;
        return null;
    }

    private static SocketsHttpHandler Handler(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> dial) => new()
    {
        ConnectCallback = dial,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxResponseHeadersLength = 64,
        ActivityHeadersPropagator = null, // no tracing of addresses: some hold a token in their path
    };
}
