using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Automation.Engine.Api.Hooks;

/// <summary>A body as far as it was read.</summary>
/// <param name="TooLarge">It goes on beyond the limit; <paramref name="Bytes"/> is its beginning.</param>
internal readonly record struct HookBody(byte[] Bytes, bool TooLarge);

/// <summary>Reads bodies within a size and a time.</summary>
internal static class HookBodyReader
{
    /// <returns>Null when <paramref name="late"/> came first.</returns>
    public static async ValueTask<HookBody?> ReadAsync(HttpContext context, int limit, CancellationToken late)
    {
        var request = context.Request;
        if (request.ContentLength is 0 || (request.ContentLength is null && HttpMethods.IsGet(request.Method))) return new HookBody([], false);
        // Ours is the limit that counts: it answers in the error form, or keeps the beginning.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        // A read that a token ends would leave the connection reading; one that is cancelled in the pipe returns.
        await using var alarm = late.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), request.BodyReader);
        return request.ContentLength is { } length && length <= limit
            ? await ReadExactlyAsync(request.BodyReader, (int)length)
            : await ReadUpToAsync(request.BodyReader, limit);
    }

    private static async ValueTask<HookBody?> ReadExactlyAsync(PipeReader reader, int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        var used = 0;
        while (true)
        {
            var read = await reader.ReadAsync();
            used += Copy(read.Buffer, bytes.AsSpan(used));
            reader.AdvanceTo(read.Buffer.End);
            if (used == length) return new HookBody(bytes, false);
            if (read.IsCanceled) return null;
            if (read.IsCompleted) return new HookBody(bytes[..used], false);
        }
    }

    private static async ValueTask<HookBody?> ReadUpToAsync(PipeReader reader, int limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        var used = 0;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                while (buffer.Length < limit && buffer.Length - used < read.Buffer.Length) buffer = Grow(buffer, used);
                var over = read.Buffer.Length > limit - used;
                used += Copy(read.Buffer, buffer.AsSpan(used, Math.Min(limit, buffer.Length) - used));
                reader.AdvanceTo(read.Buffer.End);
                if (over || read.IsCompleted) return new HookBody(buffer.AsSpan(0, used).ToArray(), over);
                if (read.IsCanceled) return null;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Copy(ReadOnlySequence<byte> from, Span<byte> to)
    {
        var length = (int)Math.Min(from.Length, to.Length);
        from.Slice(0, length).CopyTo(to);
        return length;
    }

    private static byte[] Grow(byte[] buffer, int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
