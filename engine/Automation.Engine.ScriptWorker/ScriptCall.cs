using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Automation.Engine.ScriptWorker;

/// <summary>A request as it came: globals stay raw JSON until the engine parses them.</summary>
internal sealed record ScriptCall(string Op, string Source, DateTimeOffset Now, TimeZoneInfo Zone, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Globals)
{
    public static ScriptCall Read(byte[] body)
    {
        var (op, source, now, zone) = ("run", "", DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc);
        var globals = new List<(string, ReadOnlyMemory<byte>)>();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == "op") op = reader.GetString()!;
            else if (name == "source") source = reader.GetString()!;
            else if (name == "now") now = DateTimeOffset.Parse(reader.GetString()!, CultureInfo.InvariantCulture);
            else if (name == "zone") zone = Find(reader.GetString()!);
            else ReadGlobals(ref reader, body, globals);
        }
        return new ScriptCall(op, source, now, zone, globals);
    }

    /// <summary>The same for the same call: what a script draws at random is drawn again when it is replayed.</summary>
    public int Seed()
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(Source)) hash = (hash ^ b) * 16777619u;
        return (int)(hash ^ (uint)Now.UtcTicks ^ (uint)(Now.UtcTicks >> 32));
    }

    private static void ReadGlobals(ref Utf8JsonReader reader, byte[] body, List<(string, ReadOnlyMemory<byte>)> globals)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            globals.Add((name, body.AsMemory(start, (int)reader.BytesConsumed - start)));
        }
    }

    private static TimeZoneInfo Find(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Utc;
}
