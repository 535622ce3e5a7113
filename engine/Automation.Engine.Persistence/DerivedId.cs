using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Automation.Engine.Persistence;

/// <summary>
/// An id that the same cause yields again, also in another life of the installation: what is derived from a run's id, the keys of its
/// effects above all, is then the same too. It sorts among those of <see cref="UuidV7Source"/> by its time.
/// </summary>
public static class DerivedId
{
    /// <param name="at">A time that belongs to the cause, not to the moment of asking.</param>
    /// <param name="cause">What it is derived from: all of it that makes it one of a kind.</param>
    public static Guid Of(DateTimeOffset at, string cause)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(cause), hash);
        var bytes = hash[..16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (at.ToUnixTimeMilliseconds() << 16) | 0x7000 | (BinaryPrimitives.ReadInt64BigEndian(bytes) & 0xFFF));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
