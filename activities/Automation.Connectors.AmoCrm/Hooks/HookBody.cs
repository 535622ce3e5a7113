using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Automation.Engine.Ports;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Hooks;

/// <summary>A body that is over the limits of S2, or no body of a hook.</summary>
internal sealed class HookBodyException(string message, string? path = null) : Exception(message)
{
    public string? Path => path;
}

/// <summary>Reads PHP-style nested form keys, or JSON of the same shape, into one tree. The order of the pairs plays no part.</summary>
internal sealed class HookBody
{
    private const int MaxPairs = 20_000;
    private const int MaxIndex = 999;

    // Entity, action and index lead to the item; depth is counted inside it. An incoming lead's custom fields need all 8.
    private const int ItemLevel = 3;
    private const int MaxDepth = 8;

    private int pairs;

    public HookNode Root { get; } = new();

    /// <summary>True when NUL, lone surrogates or broken UTF-8 were replaced by U+FFFD.</summary>
    public bool Sanitized { get; private set; }

    public bool IsJson { get; private init; }

    /// <exception cref="HookBodyException">Over a limit, or not readable.</exception>
    public static HookBody Read(HookRequest request)
    {
        var bytes = request.Body.Span;
        var json = request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true || bytes.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        var body = new HookBody { IsJson = json };
        if (json) body.ReadJson(bytes);
        else body.ReadForm(bytes);
        return body;
    }

    private void ReadForm(ReadOnlySpan<byte> bytes)
    {
        foreach (var range in bytes.Split((byte)'&'))
        {
            var pair = bytes[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf((byte)'=');
            Put(Segments(Decode(equals < 0 ? pair : pair[..equals])), equals < 0 ? "" : Decode(pair[(equals + 1)..]));
        }
    }

    private void Put(List<string> path, string value)
    {
        if (++pairs > MaxPairs) throw new HookBodyException($"More than {MaxPairs} pairs.");
        if (path.Count > ItemLevel + MaxDepth) throw new HookBodyException($"Nested deeper than {MaxDepth}.", Shown(path));
        var node = Root;
        for (var i = 0; i < path.Count; i++)
        {
            if (i > 0 && HookNode.Index(path[i]) > MaxIndex && !IsMap(path, i)) throw new HookBodyException($"An index above {MaxIndex}.", Shown(path));
            node = node.Child(path[i]);
        }
        node.Value = value;
    }

    /// <summary>Links are listed under the other entity's id, and a widget's settings under field ids: numbers that are names.</summary>
    private static bool IsMap(List<string> path, int at) =>
        path[0] is "action" or "event" or "data" || path[at - 1].StartsWith("linked_", StringComparison.Ordinal);

    private static string Shown(List<string> path) => string.Concat(path[0], string.Concat(path.Skip(1).Take(12).Select(part => $"[{part}]")));

    private static List<string> Segments(string key)
    {
        var segments = new List<string>(8);
        var open = key.IndexOf('[', StringComparison.Ordinal);
        if (open <= 0 || key[^1] != ']') return [key];
        segments.Add(key[..open]);
        while (open < key.Length && key[open] == '[')
        {
            var close = key.IndexOf(']', open);
            segments.Add(key[(open + 1)..close]);
            open = close + 1;
        }
        return segments;
    }

    private string Decode(ReadOnlySpan<byte> encoded)
    {
        var buffer = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var current = encoded[i];
            if (current == '%' && i + 2 < encoded.Length && Hex(encoded[i + 1]) is >= 0 and var high && Hex(encoded[i + 2]) is >= 0 and var low)
            {
                buffer[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else
            {
                buffer[length++] = current == '+' ? (byte)' ' : current;
            }
        }
        var bytes = buffer.AsSpan(0, length);
        if (!Utf8.IsValid(bytes)) Sanitized = true;
        return Clean(Encoding.UTF8.GetString(bytes));
    }

    private string Clean(string text)
    {
        var broken = text.Contains('\0', StringComparison.Ordinal);
        for (var i = 0; i < text.Length && !broken; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else broken = true;
        }
        if (!broken) return text;
        Sanitized = true;
        return string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
    }

    private static int Hex(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };

    private void ReadJson(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes)) Sanitized = true;
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(bytes)))
        {
            DateParseHandling = DateParseHandling.None,
            FloatParseHandling = FloatParseHandling.Decimal,
            MaxDepth = ItemLevel + MaxDepth + 2,
        };
        try
        {
            if (JToken.ReadFrom(reader) is not JObject document) throw new HookBodyException("The JSON is not an object.");
            Take(document, []);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException)
        {
            throw new HookBodyException("The JSON cannot be read.", (failure as JsonReaderException)?.Path);
        }
    }

    private void Take(JToken token, List<string> path)
    {
        switch (token)
        {
            case JObject map:
                foreach (var property in map.Properties()) Take(property.Value, [.. path, Clean(property.Name)]);
                break;
            case JArray list:
                for (var i = 0; i < list.Count; i++) Take(list[i], [.. path, i.ToString(CultureInfo.InvariantCulture)]);
                break;
            case JValue { Value: null }:
                break;
            case JValue { Value: bool flag }:
                Put(path, flag ? "1" : "0");
                break;
            case JValue value:
                Put(path, Clean(Convert.ToString(value.Value, CultureInfo.InvariantCulture) ?? ""));
                break;
        }
    }
}
