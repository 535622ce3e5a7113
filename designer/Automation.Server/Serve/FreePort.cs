using System.Net;
using System.Net.Sockets;

namespace Automation.Server.Serve;

/// <summary>A port that nobody listens on.</summary>
public static class FreePort
{
    /// <param name="address">Loopback when null.</param>
    /// <param name="but">Ports that this process is yet to open itself.</param>
    public static int Find(IPAddress? address, params ReadOnlySpan<int> but)
    {
        while (true)
        {
            using var listener = new TcpListener(address ?? IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (!but.Contains(port)) return port;
        }
    }
}
