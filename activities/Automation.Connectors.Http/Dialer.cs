using System.Net;
using System.Net.Sockets;

namespace Automation.Connectors.Http;

/// <summary>The guard refused to open a connection.</summary>
internal sealed class DestinationDeniedException(string message) : Exception(message);

/// <summary>Opens connections to exactly the addresses it has checked: what DNS says later plays no part.</summary>
internal sealed class Dialer(AddressRules rules)
{
    /// <summary>Public addresses only.</summary>
    public ValueTask<Stream> DialPublicAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        DialAsync(context.DnsEndPoint, rules.IsPublic, cancellationToken);

    /// <summary>For hosts that the operator named: any address.</summary>
    public static ValueTask<Stream> DialAllowedAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        DialAsync(context.DnsEndPoint, static _ => true, cancellationToken);

    private static async ValueTask<Stream> DialAsync(DnsEndPoint endpoint, Func<IPAddress, bool> permitted, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken);
        var checkedOnes = Array.FindAll(addresses, address => permitted(address));
        if (checkedOnes.Length == 0 && addresses.Length > 0)
            throw new DestinationDeniedException("The host leads to an address that is not public; the operator can allow the host for this connection.");
        if (checkedOnes.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        for (var i = 0; ; i++)
        {
            var address = checkedOnes[i];
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, endpoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < checkedOnes.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
