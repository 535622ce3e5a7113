using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Ports;

namespace Automation.Connectors.Generic;

/// <summary>Checks a signature after the Standard Webhooks specification: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class StandardWebhooks
{
    private const int MaxSignatures = 10;
    private const int MaxSecrets = 2;
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    /// <returns>The message's id and time, or the refusal.</returns>
    public static (string Id, DateTimeOffset At, HookReading? Refusal) Check(HookRequest request)
    {
        var id = Header(request, "webhook-id");
        var timestamp = Header(request, "webhook-timestamp");
        var signatures = Header(request, "webhook-signature");
        if (id is null || timestamp is null || signatures is null) return Deny("signature_missing", "The headers webhook-id, webhook-timestamp and webhook-signature are needed.");
        if (id.Length is 0 or > 200 || id.Any(character => character is <= ' ' or > '~')) return Bad("header_invalid", "webhook-id must be 1 to 200 visible characters.");
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253402300799) return Bad("timestamp_invalid", "webhook-timestamp must be Unix seconds.");
        if (!SignedByUs(request, id, timestamp, signatures)) return Deny("signature_invalid", "No signature fits.");
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if ((request.ReceivedAt - at).Duration() > Tolerance) return Deny("timestamp_out_of_tolerance", "webhook-timestamp is more than 300 s away from the time here.");
        return (id, at, null);
    }

    /// <summary>Every pair of secret and signature is compared, each in constant time.</summary>
    private static bool SignedByUs(HookRequest request, string id, string timestamp, string header)
    {
        var signatures = header.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (signatures.Length > MaxSignatures) return false;
        var prefix = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var found = false;
        foreach (var secret in request.Secrets.Take(MaxSecrets))
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, KeyOf(secret));
            hmac.AppendData(prefix);
            hmac.AppendData(request.Body.Span);
            var expected = hmac.GetHashAndReset();
            foreach (var signature in signatures)
            {
                if (!signature.StartsWith("v1,", StringComparison.Ordinal)) continue;
                var given = new byte[64];
                if (Convert.TryFromBase64String(signature[3..], given, out var length)) found |= CryptographicOperations.FixedTimeEquals(expected, given.AsSpan(0, length));
            }
        }
        return found;
    }

    /// <summary><c>whsec_</c> with base64, or the text itself.</summary>
    private static byte[] KeyOf(string secret)
    {
        if (!secret.StartsWith("whsec_", StringComparison.Ordinal)) return Encoding.UTF8.GetBytes(secret);
        var encoded = secret["whsec_".Length..];
        var key = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, key, out var length) ? key[..length] : Encoding.UTF8.GetBytes(secret);
    }

    private static string? Header(HookRequest request, string name)
    {
        if (request.Headers.TryGetValue(name, out var value)) return value;
        foreach (var (key, other) in request.Headers)
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) return other;
        return null;
    }

    private static (string, DateTimeOffset, HookReading?) Deny(string code, string message) => ("", default, new HookReading.Denied(code, message));

    private static (string, DateTimeOffset, HookReading?) Bad(string code, string message) => ("", default, new HookReading.Invalid(400, code, message, null));
}
