using System.Globalization;
using Automation.Connectors.Http;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Api;

/// <summary>Answer of the API: a document (null for 204), or why there is none as an effect's result.</summary>
internal readonly record struct ApiAnswer(int Status, JToken? Json, EffectResult? Failure);

/// <summary>Calls of API v4 of one account: token, address, rate limit, and what its failures mean.</summary>
internal sealed class AmoApi(
    Connection connection, IHttpGateway http, RateLimiter limiter, TimeProvider clock, Func<CancellationToken, ValueTask<string?>> token)
{
    private const int ReadTries = 3;

    /// <summary>A write that may be done twice without harm: a lost answer means "again".</summary>
    public Task<ApiAnswer> ChangeAsync(HttpMethod method, string path, JToken body, CancellationToken cancellationToken) =>
        SendAsync(method, path, body, repeatable: true, cancellationToken);

    /// <summary>A write that makes something: a lost answer means "unknown".</summary>
    public Task<ApiAnswer> CreateAsync(string path, JToken body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body, repeatable: false, cancellationToken);

    /// <returns>Null for 204 and 404: amoCRM answers an empty list and an absent entity so.</returns>
    /// <exception cref="RemoteCallException">The CRM gave no answer that can be used.</exception>
    public async Task<JObject?> GetAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await SendAsync(HttpMethod.Get, path, null, repeatable: true, cancellationToken);
            if (answer.Failure is null || answer.Status == 404) return answer.Failure is null ? answer.Json as JObject : null;

            // The limiter is paused by then, so the next try waits for its turn.
            if (answer.Status == 429 && attempt < ReadTries && answer.Failure is Retry { After: null or { TotalSeconds: <= 5 } }) continue;
            throw answer.Failure switch
            {
                Rejected rejected => new RemoteCallException(rejected.Code, rejected.Message, mayPass: false),
                Retry retry => new RemoteCallException("crm_unavailable", retry.Reason, mayPass: true),
                _ => new RemoteCallException("crm_unavailable", "amoCRM did not answer.", mayPass: true),
            };
        }
    }

    /// <summary>All items of a list, page by page.</summary>
    public async Task<List<JObject>> ListAsync(string path, string items, int maxPages, CancellationToken cancellationToken)
    {
        var all = new List<JObject>();
        for (var page = 1; page <= maxPages; page++)
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var answer = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"{path}{separator}limit=250&page={page}"), cancellationToken);
            if (answer?["_embedded"]?[items] is not JArray list) break;
            all.AddRange(list.OfType<JObject>());
            if (list.Count == 0 || answer["_links"]?["next"]?["href"] is null) break;
        }
        return all;
    }

    private async Task<ApiAnswer> SendAsync(HttpMethod method, string path, JToken? body, bool repeatable, CancellationToken cancellationToken)
    {
        if (connection.BaseUrl is not { } baseUrl) return Fail(new Rejected("crm_address_missing", $"The connection '{connection.Name}' has no address of the account."));
        if (await token(cancellationToken) is not { Length: > 0 } bearer)
            return Fail(new Rejected("crm_token_missing", $"The connection '{connection.Name}' has no token; enter a long-lived token of the integration."));
        using var turn = await limiter.EnterAsync(Key, cancellationToken);
        var url = new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + "/api/v4/" + path);
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + bearer.Trim(), ["Accept"] = "application/hal+json, application/json" };
        var call = new HttpCall(
            connection.Account, method.Method, url, headers, body is null ? default : JsonBody.Write(body), body is null ? null : "application/json",
            connection.AllowedHosts, Timeout: TimeSpan.FromSeconds(20));
        return await http.SendAsync(call, cancellationToken) switch
        {
            HttpAnswer.Received received => Read(received, repeatable),
            HttpAnswer.NotSent notSent => Fail(new Retry(null, $"amoCRM was not reached: {notSent.Reason}")),
            HttpAnswer.Lost lost => Fail(Unclear($"amoCRM's answer was lost: {lost.Reason}", repeatable)),
            HttpAnswer.Denied { Code: "response_too_large" } when method != HttpMethod.Get => Fail(Unclear("amoCRM's answer was too large to read.", repeatable)),
            HttpAnswer.Denied denied => Fail(new Rejected(denied.Code, $"amoCRM's address cannot be called: {denied.Message}")),
            _ => Fail(Unclear("amoCRM gave no answer.", repeatable)),
        };
    }

    private string Key => connection.Id.ToString();

    private ApiAnswer Read(HttpAnswer.Received received, bool repeatable)
    {
        var json = JsonBody.TryParse(received.Body);
        var status = received.Status;
        return status switch
        {
            204 => new(status, null, null),
            >= 200 and < 300 when json is not null || received.Body.IsEmpty => new(status, json, null),
            >= 200 and < 300 => new(status, null, Unclear("amoCRM's answer is not JSON.", repeatable)),
            401 => new(status, null, new Rejected("crm_token_refused", $"amoCRM refused the token of the connection '{connection.Name}' (401): it was revoked or has run out. Make a new long-lived token and enter it.")),
            402 => new(status, null, new Rejected("crm_account_unpaid", "The amoCRM account is not paid (402).")),
            403 => new(status, null, new Rejected("crm_forbidden", "amoCRM forbids the call (403): the token's user is no administrator, or the server's address is blocked after too many calls.")),
            404 => new(status, null, new Rejected("crm_not_found", "amoCRM does not know the entity (404).")),
            429 => new(status, null, TooMany(received, json)),
            408 or 425 or 503 => new(status, null, new Retry(RetryAfter.Read(received, clock.GetUtcNow()), $"amoCRM answered {status}.")),
            >= 500 => new(status, null, Unclear($"amoCRM answered {status}.", repeatable)),
            _ => new(status, null, new Rejected("crm_request_invalid", $"amoCRM refused the request ({status}): {Complaint(json)}")),
        };
    }

    private Retry TooMany(HttpAnswer.Received received, JToken? json)
    {
        var told = json is JObject body && body["retry_after"] is JValue { Value: long seconds } ? TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 3600)) : RetryAfter.Read(received, clock.GetUtcNow());
        limiter.Pause(Key, clock.GetUtcNow() + (told ?? TimeSpan.FromSeconds(1)));
        return new Retry(told, "amoCRM takes no more calls for now (429).");
    }

    private static EffectResult Unclear(string reason, bool repeatable) => repeatable ? new Retry(null, reason) : new ResultUnknown(reason);

    private static ApiAnswer Fail(EffectResult failure) => new(0, null, failure);

    /// <summary>What the CRM says is wrong: codes and paths, never values.</summary>
    private static string Complaint(JToken? json)
    {
        if (json is not JObject problem) return "no reason given.";
        var errors = (problem["validation-errors"] as JArray)?.OfType<JObject>()
            .SelectMany(item => (item["errors"] as JArray)?.OfType<JObject>() ?? [])
            .Take(5).Select(error => $"{error["path"]}: {error["code"]} {error["detail"]}").ToList();
        return errors is { Count: > 0 } ? string.Join("; ", errors) : (string?)problem["detail"] ?? (string?)problem["title"] ?? "no reason given.";
    }
}
