using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Automation.Benchmarks.Load;

/// <summary>The outside system that effects call: answers 200 at once and notes when each numbered call came, and whether it came twice.</summary>
internal sealed class Sink : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"u8.ToArray();
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long[] at = [];
    private int arrived;
    private int doubled;

    public Sink()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1_024);
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}";

    public int Arrived => Volatile.Read(ref arrived);

    public int Doubled => Volatile.Read(ref doubled);

    /// <summary>Begins to count calls whose body is a number below <paramref name="count"/>.</summary>
    public void Expect(int count) => (at, arrived, doubled) = (new long[count], 0, 0);

    /// <summary>When call <paramref name="number"/> came, as a <see cref="Stopwatch"/> timestamp; 0 when it did not.</summary>
    public long At(int number) => Volatile.Read(ref at[number]);

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            done.TrySetResult();
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0) return;
                length += read;
                while (Http.EndOf(buffer.AsSpan(0, length)) is { } end && end <= length)
                {
                    Note(Http.BodyOf(buffer.AsSpan(0, end)));
                    buffer.AsSpan(end, length - end).CopyTo(buffer);
                    length -= end;
                    await socket.SendAsync(Answer);
                }
            }
        }
        catch (SocketException)
        {
            // The caller went away.
        }
    }

    private void Note(ReadOnlySpan<byte> body)
    {
        if (!Utf8Parser.TryParse(body, out int number, out _) || number < 0 || number >= at.Length) return;
        if (Interlocked.CompareExchange(ref at[number], Stopwatch.GetTimestamp(), 0) != 0) Interlocked.Increment(ref doubled);
        else Interlocked.Increment(ref arrived);
    }

    public void Dispose() => listener.Dispose();
}
