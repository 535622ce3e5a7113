using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Automation.Benchmarks.Load;

/// <summary>
/// Sends ready-made requests over keep-alive connections and times each answer. Written on bare sockets, because it shares the
/// machine's cores with what it measures.
/// </summary>
internal sealed class HttpLoad(Uri address)
{
    private int refused;

    /// <summary>Requests answered 503 so far, each sent again until it was taken.</summary>
    public int Refused => refused;

    /// <summary>Each connection sends its next request as soon as the last one is answered.</summary>
    /// <returns>Milliseconds from request to answer, sorted.</returns>
    public async Task<double[]> SendAsync(IReadOnlyList<byte[]> requests, int connections)
    {
        var next = -1;
        var times = new double[requests.Count];
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var line = await ConnectAsync();
            for (var i = Interlocked.Increment(ref next); i < requests.Count; i = Interlocked.Increment(ref next))
            {
                var from = Stopwatch.GetTimestamp();
                Interlocked.Add(ref refused, await line.AskUntilTakenAsync(requests[i]));
                times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            }
        })));
        Array.Sort(times);
        return times;
    }

    /// <summary>Requests leave at a steady rate, whether or not earlier ones are answered; late ones count from when they were due.</summary>
    /// <param name="sent">Told when each request was due.</param>
    public async Task<double[]> SendSteadilyAsync(IReadOnlyList<byte[]> requests, int connections, double perSecond, Action<int, long> sent)
    {
        var next = -1;
        var times = new double[requests.Count];
        var start = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 20;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var line = await ConnectAsync();
            for (var i = Interlocked.Increment(ref next); i < requests.Count; i = Interlocked.Increment(ref next))
            {
                var due = start + (long)(i / perSecond * Stopwatch.Frequency);
                var wait = due - Stopwatch.GetTimestamp();
                if (wait > 0) await Task.Delay(TimeSpan.FromSeconds((double)wait / Stopwatch.Frequency));
                // A timer ticks in milliseconds: what leaves late by that is not the server's.
                var from = Math.Max(due, wait > 0 ? Stopwatch.GetTimestamp() : due);
                sent(i, from);
                Interlocked.Add(ref refused, await line.AskUntilTakenAsync(requests[i]));
                times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            }
        })));
        Array.Sort(times);
        return times;
    }

    public async Task<Line> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port);
        return new(socket);
    }

    /// <summary>One connection, one request at a time.</summary>
    internal sealed class Line(Socket socket) : IDisposable
    {
        private readonly byte[] buffer = new byte[16 * 1024];

        /// <summary>Sends the request until it is taken: a 503 says "not stored, send again", as a cold or full server may.</summary>
        /// <returns>How often it was refused.</returns>
        public async ValueTask<int> AskUntilTakenAsync(byte[] request)
        {
            for (var refused = 0; ; refused++)
            {
                if (await TryAsync(request)) return refused;
                await Task.Delay(100);
            }
        }

        public async ValueTask AskAsync(byte[] request)
        {
            if (!await TryAsync(request)) throw new InvalidOperationException("503");
        }

        private async ValueTask<bool> TryAsync(byte[] request)
        {
            await socket.SendAsync(request);
            var length = 0;
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0) throw new IOException("The server closed the connection.");
                length += read;
                if (Http.EndOf(buffer.AsSpan(0, length)) is { } end && end <= length) break;
            }

            // "HTTP/1.1 2xx"
            if (buffer[9] == (byte)'2') return true;
            if (buffer.AsSpan(9, 3).SequenceEqual("503"u8)) return false;
            throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(buffer, 0, length));
        }

        public void Dispose() => socket.Dispose();
    }
}

/// <summary>As much of HTTP/1.1 as messages with a Content-Length or a single chunk need.</summary>
internal static class Http
{
    /// <returns>Where the first message ends; null while its head is incomplete. Beyond the bytes while its body is.</returns>
    public static int? EndOf(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0) return null;
        var headers = bytes[..(head + 2)];
        var at = headers.IndexOf("ontent-Length: "u8);
        if (at >= 0)
        {
            return Utf8Parser.TryParse(headers[(at + 15)..], out int length, out _) ? head + 4 + length : throw new IOException("Content-Length is no number.");
        }

        if (headers.IndexOf("chunked"u8) < 0) return head + 4;
        var last = bytes[(head + 2)..].IndexOf("\r\n0\r\n\r\n"u8);
        return last < 0 ? null : head + 2 + last + 7;
    }

    public static ReadOnlySpan<byte> BodyOf(ReadOnlySpan<byte> message) => message[(message.IndexOf("\r\n\r\n"u8) + 4)..];
}
