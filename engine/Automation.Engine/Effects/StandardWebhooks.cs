using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Automation.Engine.Effects;

/// <summary>Signatures of the Standard Webhooks specification: <c>v1,</c> and the Base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
/// <remarks>Source: standardwebhooks.com, "Signature scheme". The receiver refuses what is older than 5 minutes, so a retry is signed anew.</remarks>
public static class StandardWebhooks
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>Value of a request's <c>sign</c>: the sender adds the three headers with the connection's secret <c>webhook</c>.</summary>
    public const string Scheme = "standard-webhooks";

    /// <param name="secret"><c>whsec_</c> and Base64, or Base64 alone; any other text is used as its UTF-8 bytes.</param>
    /// <param name="id">Equal over all tries: the effect key.</param>
    public static IReadOnlyDictionary<string, string> Headers(string secret, string id, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [IdHeader] = id,
            [TimestampHeader] = timestamp,
            [SignatureHeader] = Sign(secret, id, timestamp, body),
        };
    }

    public static string Sign(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    private static byte[] Key(string secret)
    {
        var text = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret[6..] : secret;
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(secret);
    }
}
