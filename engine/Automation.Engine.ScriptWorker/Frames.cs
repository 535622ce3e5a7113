using System.Buffers.Binary;

namespace Automation.Engine.ScriptWorker;

/// <summary>Messages on the pipes: four bytes of length, little-endian, then UTF-8 JSON.</summary>
internal static class Frames
{
    public const int MaxLength = 16 * 1024 * 1024;

    /// <returns>Null when the other side has closed the pipe.</returns>
    public static byte[]? Read(Stream input)
    {
        Span<byte> header = stackalloc byte[4];
        if (input.ReadAtLeast(header, 4, throwOnEndOfStream: false) < 4) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > MaxLength) return null;
        var body = new byte[length];
        return input.ReadAtLeast(body, length, throwOnEndOfStream: false) < length ? null : body;
    }

    public static void Write(Stream output, ReadOnlySpan<byte> body)
    {
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame.AsSpan(4));
        output.Write(frame);
        output.Flush();
    }
}
