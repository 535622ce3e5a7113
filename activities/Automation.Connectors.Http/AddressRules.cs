using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Automation.Connectors.Http;

/// <summary>Which addresses a call may reach without the operator's word (S5): public unicast ones that are not ours.</summary>
internal sealed class AddressRules(TimeProvider clock)
{
    private static readonly TimeSpan OwnAddressesAge = TimeSpan.FromMinutes(1);

    // IANA special-purpose registries, IPv4 and IPv6: all that is not globally reachable, and every range that carries an IPv4 address inside.
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
            "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    private (long At, HashSet<IPAddress> Addresses)? own;

    public bool IsPublic(IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
        && !address.IsIPv4MappedToIPv6 // IPNetwork would compare the address inside
        && !Array.Exists(Refused, network => network.Contains(WithoutScope(address)))
        && !OwnAddresses().Contains(address);

    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    private HashSet<IPAddress> OwnAddresses()
    {
        if (own is { } known && clock.GetElapsedTime(known.At) < OwnAddressesAge) return known.Addresses;
        var addresses = new HashSet<IPAddress>();
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
            foreach (var unicast in network.GetIPProperties().UnicastAddresses)
                addresses.Add(unicast.Address);
        own = (clock.GetTimestamp(), addresses);
        return addresses;
    }
}
