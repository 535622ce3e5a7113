using System.Net;
using System.Net.Sockets;

namespace Automation.Server.Serve;

/// <summary>A port that nobody listens on.</summary>
public static class FreePort
{
    /// <param name="address">Loopback when null.</param>
    public static int Find(IPAddress? address = null)
    {
        using var listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
