using System.Net;
using System.Net.Sockets;

namespace Automation.Testing;

/// <summary>
/// Ports on loopback for servers that tests start and start again. They lie below those that the system gives to outgoing connections, and
/// in a block that no other test run on the machine has: such a port could be taken while its server is down.
/// </summary>
public static class TestPorts
{
    private const int First = 10_000;
    private const int Blocks = 44;
    private const int BlockSize = 500;
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"automation-test-ports-{Environment.UserName}");
    private static readonly Lock Turn = new();
    // Held until the process ends, however it ends.
    private static readonly List<FileStream> Held = [];
    private static int next, last;

    /// <summary>One that nobody listens on and that this process has not been given yet.</summary>
    public static int Next()
    {
        lock (Turn)
        {
            while (true)
            {
                if (next == last) Take();
                if (IsFree(next++)) return next - 1;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            // Of something that knows nothing of blocks.
            return false;
        }
    }

    private static void Take()
    {
        Directory.CreateDirectory(Folder);
        foreach (var block in Enumerable.Range(0, Blocks).OrderBy(_ => Random.Shared.Next()))
        {
            try
            {
                Held.Add(new FileStream(Path.Combine(Folder, $"{block}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                (next, last) = (First + (block * BlockSize), First + ((block + 1) * BlockSize));
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another run's, or one of ours.
            }
        }

        throw new InvalidOperationException($"All blocks of ports are taken: see {Folder}.");
    }
}
