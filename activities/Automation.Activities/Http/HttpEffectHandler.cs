using System.Globalization;
using System.Text;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Http;

/// <summary>
/// Sends effects of kind <c>http</c>. Tried again (R8): no connection, 408, 425, 429 and 5xx, never before <c>Retry-After</c>; a status
/// that the activity expects is an answer. Each try carries the effect's key as <c>Idempotency-Key</c>.
/// </summary>
/// <remarks>Delivered value: <c>{"status":200,"headers":{…},"contentType":"…","body":"…"}</c>.</remarks>
public sealed class HttpEffectHandler(IHttpGateway gateway, ISecrets secrets, TimeProvider clock) : IEffectHandler
{
    public const string EffectKind = "http";

    public string Kind => EffectKind;

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var request = call.Request;
        var headers = (request["headers"] as JObject ?? []).Properties().ToDictionary(h => h.Name, h => (string?)h.Value ?? "", StringComparer.OrdinalIgnoreCase);
        headers.TryAdd("Idempotency-Key", call.Key);
        var body = Encoding.UTF8.GetBytes((string?)request["body"] ?? "");
        if ((string?)request["sign"] == StandardWebhooks.Scheme)
        {
            if (call.Connection is not { } signer || await secrets.ReadAsync(signer, "webhook", cancellationToken) is not { } secret)
                return new Rejected("credential_unknown", "The connection that signs this webhook has no secret.");
            foreach (var (name, value) in StandardWebhooks.Headers(secret, call.Key, clock.GetUtcNow(), body)) headers[name] = value;
        }

        var answer = await gateway.SendAsync(
            new HttpCall(call.Account, (string)request["method"]!, new Uri((string)request["url"]!), headers, body, (string?)request["contentType"]), cancellationToken);
        return answer switch
        {
            HttpAnswer.Received received => Read(received, request),
            HttpAnswer.Denied denied => new Rejected(denied.Code, denied.Message),
            HttpAnswer.NotSent notSent => new Retry(null, notSent.Reason),
            HttpAnswer.Lost lost => new ResultUnknown(lost.Reason),
            _ => throw new InvalidOperationException($"Unknown HTTP answer {answer.GetType().Name}."),
        };
    }

    /// <summary>Nobody can be asked; but the other side knows our key, so sending again does no harm.</summary>
    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) =>
        Task.FromResult<EffectResult>(new Retry(null, "The result is unknown; the request is sent again with the same Idempotency-Key."));

    private EffectResult Read(HttpAnswer.Received answer, JObject request)
    {
        var isExpected = request["expected"] is JArray expected && expected.Any(code => (int)code == answer.Status);
        if (!isExpected && answer.Status is (408 or 425 or 429 or >= 500)) return new Retry(RetryAfter(answer.Headers), $"HTTP {answer.Status}");
        var headers = new JObject();
        foreach (var (name, value) in answer.Headers.OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase)) headers[name] = value;
        return new Delivered(new JObject
        {
            ["status"] = answer.Status,
            ["headers"] = headers,
            ["contentType"] = answer.ContentType,
            ["body"] = Encoding.UTF8.GetString(answer.Body.Span),
        });
    }

    private TimeSpan? RetryAfter(IReadOnlyDictionary<string, string> headers)
    {
        var text = headers.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return TimeSpan.FromSeconds(seconds);
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return null;
        var after = instant - clock.GetUtcNow();
        return after > TimeSpan.Zero ? after : TimeSpan.Zero;
    }
}
