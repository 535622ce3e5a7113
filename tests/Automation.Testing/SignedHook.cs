using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Automation.Testing;

/// <summary>A hook signed as Standard Webhooks says, written apart from the code that checks it.</summary>
public static class SignedHook
{
    /// <param name="id">Delivery id; drawn when null.</param>
    /// <param name="at">Now when null.</param>
    /// <param name="signWith">Another secret than the right one.</param>
    public static HttpRequestMessage Post(string address, string secret, string body, string? id = null, DateTimeOffset? at = null, string? signWith = null)
    {
        id ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var time = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes(body);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(signWith ?? secret), (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. bytes]);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time);
        request.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(signature));
        return request;
    }
}
