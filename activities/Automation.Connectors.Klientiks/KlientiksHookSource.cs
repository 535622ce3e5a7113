using System.Globalization;
using System.Net;
using System.Text;
using Automation.Connectors.Http;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Klientiks;

/// <summary>A hook is a hint: nothing in it is believed but the visit's id, and the visit is then read.</summary>
public sealed class KlientiksHookSource : IHookSource
{
    public string Source => "klientiks";

    public bool AlwaysAccepts => true;

    public int MaxBodyBytes => 1024 * 1024;

    public HookReading Read(HookRequest request)
    {
        var form = Form(request);
        var json = JsonBody.TryParse(request.Body) as JObject;
        string? Value(string name) => request.Query.GetValueOrDefault(name) ?? form.GetValueOrDefault(name) ?? KlientiksWire.Text(json?[name]);
        var id = new KlientiksWire(request.Connection).VisitIdOf(Value) ?? Klientiks.PollNow;

        // Every hint counts: what it leads to is told apart by the visit's version, not by the hint.
        return new HookReading.Events(
        [
            new CrmEvent
            {
                Kind = EventKinds.Hint, EntityType = EntityTypes.Booking, EntityId = id, Data = new JObject { ["visit"] = id },
                DedupKey = string.Create(CultureInfo.InvariantCulture, $"hint|{id}|{request.ReceivedAt.UtcTicks}"),
            },
        ]);
    }

    private static Dictionary<string, string> Form(HookRequest request)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (request.ContentType?.Contains("form-urlencoded", StringComparison.OrdinalIgnoreCase) != true || request.Body.Length > 64 * 1024) return values;
        foreach (var pair in Encoding.UTF8.GetString(request.Body.Span).Split('&', StringSplitOptions.RemoveEmptyEntries).Take(1000))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) values[WebUtility.UrlDecode(pair[..equals])] = WebUtility.UrlDecode(pair[(equals + 1)..]);
        }
        return values;
    }
}
