using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Effects;

/// <summary>Effects of one mailbox go first in, first out within a lane: one for each connection, and one for each host of plain HTTP calls.</summary>
internal static class EffectLane
{
    public static string Of(EffectRow effect) => effect.Lane ??= effect.TargetConnectionId is { } connection ? connection.ToString("N")
        : effect.Kind == "http" ? Host((string?)RunJson.Parse(effect.Request)["url"]) : effect.Kind;

    public static string Of(EffectRequest request) => request.Connection is { } connection ? connection.Value.ToString("N")
        : request.Kind == "http" ? Host((string?)request.Request["url"]) : request.Kind;

    /// <summary>Host and port of an address; empty for what is none.</summary>
    public static string Host(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Authority : "";
}
