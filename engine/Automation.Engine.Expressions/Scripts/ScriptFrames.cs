using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Scripts;

/// <summary>Requests and replies on the pipe: four bytes of length, little-endian, then UTF-8 JSON.</summary>
internal static class ScriptFrames
{
    private static readonly UTF8Encoding Utf8 = new(false);

    public static ReadOnlyMemory<byte> Request(string op, string source, DateTimeOffset now, string zone, JObject globals)
    {
        using var stream = new MemoryStream(512);
        stream.Write(stackalloc byte[4]);
        using (var writer = new StreamWriter(stream, Utf8, 1024, leaveOpen: true))
        using (var json = new JsonTextWriter(writer) { Culture = CultureInfo.InvariantCulture, FloatFormatHandling = FloatFormatHandling.DefaultValue })
        {
            json.WriteStartObject();
            json.WritePropertyName("op");
            json.WriteValue(op);
            json.WritePropertyName("now");
            json.WriteValue(now.ToString("O", CultureInfo.InvariantCulture));
            json.WritePropertyName("zone");
            json.WriteValue(zone);
            json.WritePropertyName("source");
            json.WriteValue(source);
            json.WritePropertyName("globals");
            globals.WriteTo(json);
            json.WriteEndObject();
        }
        var length = (int)stream.Length;
        BinaryPrimitives.WriteInt32LittleEndian(stream.GetBuffer(), length - 4);
        return stream.GetBuffer().AsMemory(0, length);
    }

    /// <returns>The result, and whether the worker asks to be replaced.</returns>
    /// <exception cref="JsonException">The reply is not of this protocol.</exception>
    public static (ScriptResult Result, bool Leave) Reply(byte[] body)
    {
        using var reader = new JsonTextReader(new StreamReader(new MemoryStream(body), Utf8)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 64 };
        var reply = JObject.Load(reader);
        var error = reply["error"] is JObject e ? new ExpressionError((string)e["code"]!, (string)e["message"]!, (int?)e["line"], (int?)e["column"], (string?)e["ru"]) : null;
        var result = new ScriptResult(
            Detached(reply, "value") ?? JValue.CreateNull(),
            Detached(reply, "sets") as JObject ?? [],
            reply["outcomes"] is JArray outcomes ? [.. outcomes.Select(o => (string)o!)] : [],
            (string?)reply["correlationId"],
            (string?)reply["instanceName"],
            error);
        return (result, (bool?)reply["leave"] == true);
    }

    public static ScriptResult Failed(string code, string message, string ru) => new(JValue.CreateNull(), [], [], null, null, new ExpressionError(code, message, Ru: ru));

    private static JToken? Detached(JObject reply, string name)
    {
        var value = reply[name];
        reply.Remove(name);
        return value;
    }
}
