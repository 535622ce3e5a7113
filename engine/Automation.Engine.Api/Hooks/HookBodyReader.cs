using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Automation.Engine.Api.Hooks;

/// <summary>A body as far as it was read.</summary>
/// <param name="TooLarge">It goes on beyond the limit; <paramref name="Bytes"/> is its beginning.</param>
internal readonly record struct HookBody(byte[] Bytes, bool TooLarge);

/// <summary>Reads bodies within a size.</summary>
internal static class HookBodyReader
{
    public static async ValueTask<HookBody> ReadAsync(HttpContext context, int limit, CancellationToken cancellationToken)
    {
        var request = context.Request;
        if (request.ContentLength is 0 || (request.ContentLength is null && HttpMethods.IsGet(request.Method))) return new([], false);
        // Ours is the limit that counts: it answers in the error form, or keeps the beginning.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        return request.ContentLength is { } length && length <= limit
            ? new(await ReadExactlyAsync(request.Body, (int)length, cancellationToken), false)
            : await ReadUpToAsync(request.Body, limit, cancellationToken);
    }

    private static async ValueTask<byte[]> ReadExactlyAsync(Stream body, int length, CancellationToken cancellationToken)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        var read = await body.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancellationToken);
        return read == length ? bytes : bytes[..read];
    }

    private static async ValueTask<HookBody> ReadUpToAsync(Stream body, int limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        var used = 0;
        try
        {
            while (true)
            {
                if (used == buffer.Length) buffer = Grow(buffer, used);
                var read = await body.ReadAsync(buffer.AsMemory(used), cancellationToken);
                if (read == 0) return new(buffer.AsSpan(0, used).ToArray(), false);
                used += read;
                if (used > limit) return new(buffer.AsSpan(0, limit).ToArray(), true);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
