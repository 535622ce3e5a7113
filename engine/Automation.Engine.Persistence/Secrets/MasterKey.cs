using System.Security.Cryptography;

namespace Automation.Engine.Persistence.Secrets;

/// <summary>
/// The keys that secrets are encrypted with, from outside the database: 32 bytes each, base64, one a line (or comma separated). The first
/// encrypts; the others only read what was written before a rotation.
/// </summary>
public sealed class MasterKey
{
    public const string Variable = "AUTOMATION_MASTER_KEY";
    public const string FileName = "master.key";
    private const int Length = 32;
    private const int TagLength = 16;
    private readonly Dictionary<string, byte[]> keys;

    private MasterKey(IReadOnlyList<byte[]> all)
    {
        keys = all.DistinctBy(IdOf).ToDictionary(IdOf, StringComparer.Ordinal);
        CurrentId = IdOf(all[0]);
    }

    /// <summary>First 16 hex characters of the key's SHA-256.</summary>
    public string CurrentId { get; }

    /// <summary>From <paramref name="variable"/> where it is set, otherwise from the file in the data directory, which is made (mode 0600) when absent.</summary>
    /// <param name="variable">The value of <see cref="Variable"/>; null or empty when it is not set.</param>
    /// <exception cref="StartRefusedException"><c>master_key_invalid</c>.</exception>
    public static MasterKey Load(string dataDirectory, string? variable)
    {
        if (!string.IsNullOrWhiteSpace(variable)) return Parse(variable, Variable);
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path)) Create(dataDirectory, path);
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Encrypts with the current key; what is bound to it must be named to open it.</summary>
    internal (byte[] Nonce, byte[] Cipher) Seal(byte[] clear, byte[] boundTo)
    {
        var (nonce, cipher) = (RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize), new byte[clear.Length + TagLength]);
        using var aes = new AesGcm(keys[CurrentId], TagLength);
        aes.Encrypt(nonce, clear, cipher.AsSpan(0, clear.Length), cipher.AsSpan(clear.Length), boundTo);
        return (nonce, cipher);
    }

    /// <exception cref="CryptographicException">That key is not at hand, or what is sealed was changed or moved.</exception>
    internal byte[] Open(string keyId, byte[] nonce, byte[] cipher, byte[] boundTo)
    {
        var key = keys.GetValueOrDefault(keyId) ?? throw new CryptographicException($"Key {keyId} is not at hand.");
        var clear = new byte[Math.Max(0, cipher.Length - TagLength)];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(nonce, cipher.AsSpan(0, clear.Length), cipher.AsSpan(clear.Length), clear, boundTo);
        return clear;
    }

    // Written aside and moved: a kill leaves no half key.
    private static void Create(string directory, string path)
    {
        Directory.CreateDirectory(directory);
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length)) + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path);
    }

    private static MasterKey Parse(string text, string origin)
    {
        var parts = text.Split(['\n', '\r', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var all = parts.Select(part => Decode(part, origin)).ToList();
        return all.Count > 0 ? new(all) : throw Invalid(origin);
    }

    private static byte[] Decode(string part, string origin)
    {
        var key = new byte[Length];
        return Convert.TryFromBase64String(part, key, out var written) && written == Length ? key : throw Invalid(origin);
    }

    private static StartRefusedException Invalid(string origin) =>
        new("master_key_invalid", $"{Path.GetFileName(origin)} must hold {Length} bytes in base64 (one key a line, the current one first).");

    private static string IdOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData(key))[..16];
}
