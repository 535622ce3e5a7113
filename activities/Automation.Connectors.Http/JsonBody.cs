using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Http;

/// <summary>JSON bodies of outside systems: dates stay text, numbers are decimals, depth at most 64.</summary>
public static class JsonBody
{
    /// <returns>Null when the body is empty or not JSON.</returns>
    public static JToken? TryParse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return null;
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(body.Span)))
        {
            DateParseHandling = DateParseHandling.None,
            FloatParseHandling = FloatParseHandling.Decimal,
            MaxDepth = 64,
        };
        try
        {
            return JToken.ReadFrom(reader);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException)
        {
            return null;
        }
    }

    public static byte[] Write(JToken token) => Encoding.UTF8.GetBytes(token.ToString(Formatting.None));
}
