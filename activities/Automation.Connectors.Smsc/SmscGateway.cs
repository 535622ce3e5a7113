using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Automation.Connectors.Http;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Smsc;

/// <summary>SMSC.ru and its sister hosts. The own id is no guard against doubles, but by it the gateway can be asked after a lost answer.</summary>
public sealed class SmscGateway : ISmsGateway
{
    // Twice absent, so far apart, is surely absent.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);
    internal static readonly Uri Home = new("https://smsc.ru");

    private readonly Connection connection;
    private readonly IHttpGateway http;
    private readonly ISecrets secrets;
    private readonly RateLimiter limiter;
    private readonly ConcurrentDictionary<string, bool> doubtful;
    private readonly TimeProvider clock;

    /// <param name="doubtful">Keys that were absent too soon after their first try: looked up once more before they are sent again.</param>
    internal SmscGateway(
        Connection connection, IHttpGateway http, ISecrets secrets, RateLimiter limiter, ConcurrentDictionary<string, bool> doubtful, TimeProvider clock) =>
        (this.connection, this.http, this.secrets, this.limiter, this.doubtful, this.clock) = (connection, http, secrets, limiter, doubtful, clock);

    public EffectPolicy Policy => EffectPolicy.Verify;

    public async Task<EffectResult> SendAsync(SmsRequest request, CancellationToken cancellationToken)
    {
        if (await CredentialsAsync(cancellationToken) is not { } form) return Missing;
        if (doubtful.TryRemove(request.EffectKey, out _) && await LookUpAsync(request, cancellationToken) is { } known)
        {
            if (known is ResultUnknown) doubtful[request.EffectKey] = true;
            return known;
        }
        if (request.Text.Length is 0 or > 1000) return new Rejected("sms_parameters", "SMSC takes texts of 1 to 1,000 characters.");
        form["phones"] = request.Phone;
        form["mes"] = request.Text;
        form["id"] = SmscWire.OwnId(request.EffectKey);
        form["cost"] = "3";
        if ((request.Sender ?? (string?)connection.Settings["sender"]) is { Length: > 0 } sender) form["sender"] = sender;
        if (connection.Settings["maxParts"] is { } parts) form["maxsms"] = parts.ToString();
        var (answer, failure) = await CallAsync("sys/send.php", form, cancellationToken);
        if (failure is not null) return failure;
        if (Code(answer!) is not { } code) return answer!["id"] is null ? new ResultUnknown("SMSC's answer names no id.") : (EffectResult)Sent(request, answer);
        if (code != SmscWire.RepeatedRequest) return SmscWire.SendError(code);

        // "Equal request": most likely our own first try, whose answer was lost.
        return await LookUpAsync(request, cancellationToken) switch
        {
            null => new Retry(SettleTime, "SMSC takes an equal request for a repeated one (9) and does not know ours."),
            var earlier => earlier,
        };
    }

    public async Task<EffectResult> FindAsync(SmsRequest request, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (await LookUpAsync(request, cancellationToken) is { } known) return known;
        if (clock.GetUtcNow() - since >= SettleTime) return new Retry(null, "SMSC does not know the message.");
        doubtful[request.EffectKey] = true;
        return new Retry(SettleTime, "SMSC does not know the message yet; it is asked once more before the message is sent again.");
    }

    private static Rejected Missing => new("sms_credentials_missing", "The SMSC connection has neither 'apikey' nor 'login' and 'password'.");

    /// <returns>Null when the gateway says that it has no such message.</returns>
    private async Task<EffectResult?> LookUpAsync(SmsRequest request, CancellationToken cancellationToken)
    {
        if (await CredentialsAsync(cancellationToken) is not { } form) return Missing;
        form["phone"] = request.Phone;
        form["id"] = SmscWire.OwnId(request.EffectKey);
        form["all"] = "0";
        var (answer, failure) = await CallAsync("sys/status.php", form, cancellationToken);
        if (failure is not null) return new ResultUnknown("SMSC could not be asked what became of the message.");
        if (Code(answer!) is { } code) return code == SmscWire.NotFound ? null : SmscWire.StatusError(code);
        if (Number(answer!["status"]) is not { } status) return new ResultUnknown("SMSC's answer names no status.");
        if (status == SmscWire.NotFound) return null;
        return SmscWire.FinalFailure(status, Number(answer["err"]) ?? 0) is { } failed ? failed : Sent(request, answer);
    }

    private static Delivered Sent(SmsRequest request, JObject answer) =>
        new Delivered(new JObject { ["id"] = SmscWire.OwnId(request.EffectKey), ["parts"] = Number(answer["cnt"]) ?? Segments.Count(request.Text) });

    private async Task<Dictionary<string, string>?> CredentialsAsync(CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string> { ["fmt"] = "3", ["charset"] = "utf-8" };
        if (await secrets.ReadAsync(connection.Id, "apikey", cancellationToken) is { Length: > 0 } key)
        {
            form["apikey"] = key;
            return form;
        }
        var login = await secrets.ReadAsync(connection.Id, "login", cancellationToken) ?? (string?)connection.Settings["login"];
        var password = await secrets.ReadAsync(connection.Id, "password", cancellationToken);
        if (string.IsNullOrEmpty(login) || string.IsNullOrEmpty(password)) return null;
        (form["login"], form["psw"]) = (login, password);
        return form;
    }

    private async Task<(JObject? Answer, EffectResult? Failure)> CallAsync(string path, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        using var turn = await limiter.EnterAsync(connection.Id.ToString(), cancellationToken);
        var body = string.Join('&', form.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var url = new Uri((connection.BaseUrl ?? Home).AbsoluteUri.TrimEnd('/') + "/" + path);
        var call = new HttpCall(
            connection.Account, "POST", url, null, Encoding.UTF8.GetBytes(body), "application/x-www-form-urlencoded", connection.AllowedHosts, Sensitive: true);
        return await http.SendAsync(call, cancellationToken) switch
        {
            HttpAnswer.Received { Status: >= 200 and < 300 } received => JsonBody.TryParse(received.Body) is JObject json ? (json, null) : (null, new ResultUnknown("SMSC's answer is not JSON.")),
            HttpAnswer.Received { Status: 408 or 425 or 429 or 503 } busy => (null, new Retry(RetryAfter.Read(busy, clock.GetUtcNow()), $"SMSC answered {busy.Status}.")),
            HttpAnswer.Received { Status: >= 500 } broken => (null, new ResultUnknown($"SMSC answered {broken.Status}.")),
            HttpAnswer.Received refused => (null, new Rejected("sms_refused", $"SMSC refused the call ({refused.Status}).")),
            HttpAnswer.NotSent notSent => (null, new Retry(null, $"SMSC was not reached: {notSent.Reason}")),
            HttpAnswer.Lost lost => (null, new ResultUnknown($"SMSC's answer was lost: {lost.Reason}")),
            HttpAnswer.Denied { Code: "response_too_large" } => (null, new ResultUnknown("SMSC's answer was too large to read.")),
            HttpAnswer.Denied denied => (null, new Rejected(denied.Code, denied.Message)),
            _ => (null, new ResultUnknown("SMSC gave no answer.")),
        };
    }

    private static int? Code(JObject answer) => Number(answer["error_code"]) ?? (answer["error"] is null ? null : 0);

    /// <summary>Numbers may come as text.</summary>
    private static int? Number(JToken? token) =>
        token is JValue { Value: not null } value && int.TryParse(Convert.ToString(value.Value, CultureInfo.InvariantCulture), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
