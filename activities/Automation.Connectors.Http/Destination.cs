using System.Globalization;

namespace Automation.Connectors.Http;

/// <summary>Where a call goes, and by whose word.</summary>
/// <param name="Allowed">True when the operator's list names exactly this host (and port).</param>
internal readonly record struct Destination(Uri Url, bool Allowed)
{
    /// <summary>Host and port; the key of the parallel limit.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"{Url.IdnHost}:{Url.Port}");

    /// <returns>Null and the reason when the address may not be called at all.</returns>
    public static (Destination? Destination, string? Code, string? Reason) Check(Uri url, IReadOnlyList<string>? allowedHosts)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return (null, "url_denied", "Only absolute http and https addresses can be called.");
        if (url.UserInfo.Length > 0)
            return (null, "url_denied", "User and password do not belong into an address; use the Authorization header.");
        var allowed = Names(url, allowedHosts);
        if (!allowed && url.Port is not (80 or 443))
            return (null, "destination_denied", $"Port {url.Port.ToString(CultureInfo.InvariantCulture)} is not allowed; the operator can allow host:port for this connection.");
        return (new Destination(url, allowed), null, null);
    }

    /// <remarks>A name with a port stands for that port only, a name without one for 80 and 443.</remarks>
    private static bool Names(Uri url, IReadOnlyList<string>? allowedHosts)
    {
        if (allowedHosts is null) return false;
        foreach (var entry in allowedHosts)
        {
            var bare = url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost;
            if (string.Equals(entry, string.Create(CultureInfo.InvariantCulture, $"{bare}:{url.Port}"), StringComparison.OrdinalIgnoreCase)) return true;
            if (url.Port is not (80 or 443)) continue;
            if (string.Equals(entry, bare, StringComparison.OrdinalIgnoreCase) || string.Equals(entry, url.IdnHost, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
