using System.Buffers.Binary;

namespace Automation.Engine.Persistence.Retention;

/// <summary>Where ids of a time begin (UUID version 7: 48 bits of milliseconds come first).</summary>
public static class TimedId
{
    /// <summary>Not greater than any id made at that millisecond or later.</summary>
    public static Guid First(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
