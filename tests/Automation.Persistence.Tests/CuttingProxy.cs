using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Automation.Persistence.Tests;

public enum Cut { Never, BeforeCommitIsSent, AfterCommitIsDone }

/// <summary>Stands between the store and PostgreSQL and cuts one connection at its COMMIT.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    // With its end: BEGIN says READ COMMITTED.
    private static readonly byte[] Commit = Encoding.ASCII.GetBytes("COMMIT\0");
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly int target;
    private readonly Task accepting;
    private int armed;

    public CuttingProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>What happens to the server in the moment of the cut.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    public void Arm(Cut cut) => Volatile.Write(ref armed, (int)cut);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, target, stopping.Token);
            var (near, far) = (client.GetStream(), server.GetStream());
            using var cut = new CancellationTokenSource();
            var down = DownAsync(far, near, cut.Token);
            await Task.WhenAny(UpAsync(near, far, cut), down);
        }
    }

    private async Task UpAsync(NetworkStream client, NetworkStream server, CancellationTokenSource cutting)
    {
        var buffer = new byte[65_536];
        while (await client.ReadAsync(buffer, stopping.Token) is > 0 and var read)
        {
            var cut = buffer.AsSpan(0, read).IndexOf(Commit) < 0 ? Cut.Never : (Cut)Interlocked.Exchange(ref armed, (int)Cut.Never);
            if (cut == Cut.Never)
            {
                await server.WriteAsync(buffer.AsMemory(0, read), stopping.Token);
                continue;
            }
            Cuts++;
            await cutting.CancelAsync();
            await Meanwhile();
            if (cut == Cut.BeforeCommitIsSent) return;
            await server.WriteAsync(buffer.AsMemory(0, read), stopping.Token);
            await server.ReadExactlyAsync(buffer.AsMemory(0, 1), stopping.Token); // Done; its answer goes nowhere.
            return;
        }
    }

    private static async Task DownAsync(NetworkStream server, NetworkStream client, CancellationToken cut)
    {
        var buffer = new byte[65_536];
        try
        {
            while (await server.ReadAsync(buffer, cut) is > 0 and var read) await client.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            await new TaskCompletionSource().Task; // The other direction ends it.
        }
    }
}
