using System.Text;
using Automation.Connectors.Http;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Klientiks;

/// <summary>Calls of one Klientiks account: token, rate limit, lists page by page, and what failures mean.</summary>
internal sealed class KlientiksApi(Connection connection, IHttpGateway http, ISecrets secrets, RateLimiter limiter, TimeProvider clock, KlientiksWire wire)
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(5);

    /// <exception cref="RemoteCallException">No usable answer.</exception>
    public async Task<JObject> GetAsync(string action, string rest, CancellationToken cancellationToken)
    {
        var (answer, failure) = await SendAsync(HttpMethod.Get, action, rest, null, cancellationToken);
        if (answer is null)
            throw failure switch
            {
                Rejected rejected => new RemoteCallException(rejected.Code, rejected.Message, mayPass: false),
                Retry retry => new RemoteCallException("booking_unavailable", retry.Reason, mayPass: true),
                ResultUnknown unknown => new RemoteCallException("booking_unavailable", unknown.Reason, mayPass: true),
                _ => new RemoteCallException("booking_unavailable", "Klientiks gave no answer.", mayPass: true),
            };
        return answer["items"] is null && KlientiksWire.Text(answer["error"]) is { Length: > 0 } error
            ? throw new RemoteCallException("booking_refused", $"Klientiks refused the request: {error}", mayPass: false) : answer;
    }

    public async Task<List<JObject>> ListAsync(string action, string path, int maxPages, CancellationToken cancellationToken)
    {
        var all = new List<JObject>();
        int? offset = 0;
        for (var page = 0; page < maxPages && offset is { } asked; page++)
        {
            var answer = await GetAsync(action, KlientiksWire.Page(path, asked), cancellationToken);
            var items = KlientiksWire.Items(answer["items"]);
            all.AddRange(items);
            offset = KlientiksWire.Next(answer, asked, items.Count);
        }
        return all;
    }

    /// <param name="repeatable">True when doing it twice does no harm: then a lost answer means "again".</param>
    public async Task<(JObject? Answer, EffectResult? Failure)> PostAsync(
        string action, string rest, IReadOnlyList<(string Name, string Value)> form, bool repeatable, CancellationToken cancellationToken)
    {
        var (answer, failure) = await SendAsync(HttpMethod.Post, action, rest, form, cancellationToken);
        return (answer, failure is ResultUnknown unknown && repeatable ? new Retry(null, unknown.Reason) : failure);
    }

    private async Task<(JObject? Answer, EffectResult? Failure)> SendAsync(
        HttpMethod method, string action, string rest, IReadOnlyList<(string Name, string Value)>? form, CancellationToken cancellationToken)
    {
        if (await secrets.ReadAsync(connection.Id, "token", cancellationToken) is not { Length: > 0 } token || !wire.HasIds)
            return (null, new Rejected("booking_credentials_missing", "The Klientiks connection needs 'accountId', 'userId' and the access token (Settings, API in Klientiks)."));
        var key = connection.Id.ToString();
        using var turn = await limiter.EnterAsync(key, cancellationToken);
        var body = form is null ? null : string.Join('&', form.Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"));
        var call = new HttpCall(
            connection.Account, method.Method, wire.Address(action, token, rest), null, body is null ? default : Encoding.UTF8.GetBytes(body),
            body is null ? null : "application/x-www-form-urlencoded", connection.AllowedHosts, Sensitive: true, TimeSpan.FromSeconds(30));
        return await http.SendAsync(call, cancellationToken) switch
        {
            HttpAnswer.Received { Status: >= 200 and < 300 } received => JsonBody.TryParse(received.Body) is JObject json ? (json, null) : (null, new ResultUnknown("Klientiks' answer is not JSON.")),
            HttpAnswer.Received { Status: 401 or 403 } => (null, new Rejected("booking_token_refused", "Klientiks refused the access. Enter the token of Settings, API again; the tariff must include the API.")),
            HttpAnswer.Received { Status: 408 or 425 or 429 or 503 } busy => (null, Busy(busy, key)),
            HttpAnswer.Received { Status: >= 500 } broken => (null, new ResultUnknown($"Klientiks answered {broken.Status}.")),
            HttpAnswer.Received refused => (null, new Rejected("booking_refused", $"Klientiks refused the call ({refused.Status}).")),
            HttpAnswer.NotSent notSent => (null, new Retry(null, $"Klientiks was not reached: {notSent.Reason}")),
            HttpAnswer.Lost lost => (null, new ResultUnknown($"Klientiks' answer was lost: {lost.Reason}")),
            HttpAnswer.Denied { Code: "response_too_large" } => (null, new ResultUnknown("Klientiks' answer was too large to read.")),
            HttpAnswer.Denied denied => (null, new Rejected(denied.Code, denied.Message)),
            _ => (null, new ResultUnknown("Klientiks gave no answer.")),
        };
    }

    private Retry Busy(HttpAnswer.Received answer, string key)
    {
        var after = RetryAfter.Read(answer, clock.GetUtcNow()) ?? DefaultPause;
        limiter.Pause(key, clock.GetUtcNow() + after);
        return new Retry(after, $"Klientiks takes no more calls for now ({answer.Status}).");
    }
}
