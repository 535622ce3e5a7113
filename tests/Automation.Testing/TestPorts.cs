using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Automation.Testing;

/// <summary>
/// Ports on loopback for servers that tests start and start again. They lie below those that the system gives to outgoing connections:
/// such a one could be taken while its server is down.
/// </summary>
public static class TestPorts
{
    private const int First = 10_000;
    private const int Last = 32_000;
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>One that nobody listens on and that this process has not been given yet.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (!Given.TryAdd(port, true)) continue;
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken by somebody else.
            }
        }
    }
}
