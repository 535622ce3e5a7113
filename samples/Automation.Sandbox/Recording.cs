using System.Buffers.Binary;

namespace Automation.Sandbox;

/// <summary>A call recording: one second of a soft tone, 8 kHz, 8 bit, mono.</summary>
internal static class Recording
{
    public static byte[] Tone()
    {
        const int rate = 8_000;
        var wave = new byte[44 + rate];
        "RIFF"u8.CopyTo(wave);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(4), 36 + rate);
        "WAVEfmt "u8.CopyTo(wave.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(28), rate);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(32), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(34), 8);
        "data"u8.CopyTo(wave.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(40), rate);
        for (var i = 0; i < rate; i++)
            wave[44 + i] = (byte)(128 + 24 * Math.Sin(2 * Math.PI * 440 * i / rate) * Math.Sin(Math.PI * i / rate));
        return wave;
    }
}
