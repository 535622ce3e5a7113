using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Automation.Server.CommandLine;
using Npgsql;

namespace Automation.Server.Serve;

/// <summary>Where the other servers on the same PostgreSQL reach this one.</summary>
public static class NodeAddress
{
    // The port of the hooks plus this: it differs between two servers of a machine as that one does, and is the same after a restart,
    // by which the others know at once that the life before is over.
    private const int Above = 10_000;

    /// <summary>What was given, or an address of this machine: the one it reaches the database from.</summary>
    /// <exception cref="CommandFailedException">What was given is no address of this machine and a port.</exception>
    public static IPEndPoint Of(ServeOptions options)
    {
        if (options.ClusterAddress is { Length: > 0 } given)
        {
            var asked = Read(given);
            return IsFree(asked.Address, asked.Port) ? asked : throw new CommandFailedException($"--cluster-address: '{given}' is not an address of this machine, or its port is taken; give another one.");
        }

        var address = TowardsDatabase(options.Postgres!);
        var hooks = new Uri(options.HookUrl).Port;
        var port = hooks + (hooks + Above > IPEndPoint.MaxPort ? -Above : Above);
        return new(address, hooks > 0 && IsFree(address, port) ? port : FreePort.Find(address, hooks, new Uri(options.Url).Port));
    }

    private static IPEndPoint Read(string given)
    {
        var colon = given.LastIndexOf(':');
        if (colon > 0 && int.TryParse(given[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort)
        {
            var host = given[..colon].Trim('[', ']');
            if (IPAddress.TryParse(host, out var address)) return new(address, port);
            if (Resolve(host) is { } resolved) return new(resolved, port);
        }

        throw new CommandFailedException($"--cluster-address: '{given}' is not an address and a port of this machine; write 10.0.0.5:15082.");
    }

    private static IPAddress TowardsDatabase(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var host = (settings.Host ?? "").Split(',')[0];
        // A path is a socket of this machine.
        if (host.Length == 0 || host.StartsWith('/') || host.StartsWith('@')) return IPAddress.Loopback;
        var address = IPAddress.TryParse(host, out var literal) ? literal : Resolve(host);
        if (address is null || IPAddress.IsLoopback(address)) return IPAddress.Loopback;
        // Nothing is sent: the system only chooses the way.
        using var probe = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        probe.Connect(address, settings.Port);
        return ((IPEndPoint)probe.LocalEndPoint!).Address;
    }

    private static IPAddress? Resolve(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
