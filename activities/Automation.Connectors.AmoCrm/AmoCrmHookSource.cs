using Automation.Connectors.AmoCrm.Hooks;
using Automation.Connectors.Http;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm;

/// <summary>Reads account hooks, Digital Pipeline hooks, widget triggers and bot requests.</summary>
/// <remarks>There is no signature: the address's token and the account's id are all the proof there is (S1).</remarks>
public sealed class AmoCrmHookSource : IHookSource
{
    public const string Kind = "amocrm";

    private const int MaxIdLength = 200;

    public string Source => Kind;

    public bool AlwaysAccepts => true;

    public int MaxBodyBytes => 4 * 1024 * 1024;

    public HookReading Read(HookRequest request)
    {
        if (request.Body.Length > MaxBodyBytes) return Invalid(413, "The body is larger than 4 MiB.", null);
        try
        {
            return Read(request, HookBody.Read(request));
        }
        catch (HookBodyException failure)
        {
            return Invalid(400, failure.Message, failure.Path);
        }
    }

    private static HookReading Read(HookRequest request, HookBody body)
    {
        var root = body.Root;
        var bot = root["return_url"] is not null && root["token"] is not null;
        var claims = bot ? Claims(root.Text("token")!) : null;
        var account = root["account"]?.Text("id") ?? root.Text("account_id") ?? (claims?["account_id"] as JValue)?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (request.Connection.RemoteAccountId is { } known && account != known && !(bot && account is null))
            return Invalid(400, "The hook is of another account than this connection.", "account[id]");

        var events = new HookEvents(body, account ?? "");
        if (bot) return new HookReading.Events([events.Salesbot(claims)]);
        if (root["event"] is { HasChildren: true } told && told["type"] is not null)
            return told["data"]?.Text(["id"]) is null ? Invalid(400, "The event names no entity.", "event[data][id]") : new HookReading.Events([events.Widget(told)]);
        var all = events.All();
        if (all.Exists(told => told.EntityId.Length > MaxIdLength)) return Invalid(400, $"An id is longer than {MaxIdLength} characters.", null);
        return all.Count == 0 ? Invalid(400, "The body holds no item of a hook.", null) : new HookReading.Events(all);
    }

    /// <summary>The claims of a bot's token, unproved.</summary>
    private static JObject? Claims(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || parts[1].Length > 8192) return null;
        var base64 = parts[1].Replace('-', '+').Replace('_', '/');
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), bytes, out var length)) return null;
        if (JsonBody.TryParse(bytes.AsMemory(0, length)) is not JObject claims) return null;
        foreach (var property in claims.Properties().ToList())
            if (property.Value is JValue { Value: not null } value) property.Value = Convert.ToString(value.Value, System.Globalization.CultureInfo.InvariantCulture);
            else property.Remove();
        return claims;
    }

    private static HookReading.Invalid Invalid(int status, string message, string? path) => new(status, "payload_invalid", message, path);
}
