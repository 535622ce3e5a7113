using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Automation.Engine.Api.Access;

/// <summary>Random tokens of 256 bits; only their SHA-256 is stored.</summary>
public static class Tokens
{
    private const int MaxLength = 128;

    /// <param name="prefix">Tells a person what it is: <c>key</c>, <c>start</c>; null for none.</param>
    public static string New(string? prefix = null)
    {
        var random = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return prefix is null ? random : $"{prefix}_{random}";
    }

    /// <summary>What is stored of a token: SHA-256 of its UTF-8 bytes.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>False for what no token of ours can be; nothing needs to be looked up then.</summary>
    internal static bool IsPlausible(string? token)
    {
        if (token is null || token.Length is < 16 or > MaxLength) return false;
        foreach (var character in token)
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_')) return false;
        return true;
    }
}

/// <summary>A SHA-256 as a dictionary key, without an array.</summary>
internal readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <param name="hash">The 32 bytes of one.</param>
    public TokenHash(ReadOnlySpan<byte> hash) : this(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..])) { }

    public static TokenHash Of(string plausibleToken)
    {
        Span<byte> text = stackalloc byte[plausibleToken.Length];
        Encoding.ASCII.GetBytes(plausibleToken, text);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text, hash);
        return new(hash);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, A);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), B);
        BitConverter.TryWriteBytes(bytes.AsSpan(16), C);
        BitConverter.TryWriteBytes(bytes.AsSpan(24), D);
        return bytes;
    }
}
