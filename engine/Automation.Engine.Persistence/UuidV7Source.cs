using System.Buffers.Binary;
using System.Security.Cryptography;
using Automation.Engine.Accounts;

namespace Automation.Engine.Persistence;

/// <summary>UUID version 7: 48 bits of milliseconds, a 12-bit counter, 62 random bits. Each id of one source is greater than the last, also when the clock jumps back.</summary>
public sealed class UuidV7Source(TimeProvider clock) : IIdSource
{
    private readonly Lock gate = new();
    private readonly byte[] random = new byte[4096];
    private int used = 4096;
    private long lastTick;

    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        var tick = Next(bytes[8..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes, ((tick >> 12) << 16) | 0x7000 | (tick & 0xFFF));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    // Milliseconds and counter as one number: a full counter carries into the next millisecond. Randomness is drawn in bulk: the call costs more than the bytes.
    private long Next(Span<byte> tail)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() << 12;
        lock (gate)
        {
            if (used + tail.Length > random.Length)
            {
                RandomNumberGenerator.Fill(random);
                used = 0;
            }

            random.AsSpan(used, tail.Length).CopyTo(tail);
            used += tail.Length;
            return lastTick = Math.Max(now, lastTick + 1);
        }
    }
}
