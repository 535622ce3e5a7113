using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Generic;

/// <summary>A JSON body that breaks a rule of S2.</summary>
internal sealed class StrictJsonException(string message, string path) : Exception(message)
{
    public string Path => path;
}

/// <summary>JSON within the limits of S2, checked token by token before a document is built.</summary>
internal sealed class StrictJson
{
    private const int MaxDepth = 64;
    private const int MaxKeys = 2000;
    private const int MaxDigits = 38;

    private readonly List<Level> levels = [];
    private int keys;
    private bool loneSurrogate;

    private sealed class Level(bool isList)
    {
        public bool IsList => isList;
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);
        public string Name { get; set; } = "";
        public int Index { get; set; } = -1;
    }

    /// <returns>The document; NUL, lone surrogates and broken UTF-8 replaced by U+FFFD.</returns>
    /// <exception cref="StrictJsonException">Not JSON, no object, or over a limit.</exception>
    public static (JObject Document, bool Sanitized) Read(ReadOnlySpan<byte> bytes)
    {
        var broken = !Utf8.IsValid(bytes);
        var text = Encoding.UTF8.GetString(bytes);
        var check = new StrictJson();
        check.Check(broken ? Encoding.UTF8.GetBytes(text) : bytes);
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = MaxDepth + 1 };
        try
        {
            var cleaner = new Cleaner { Found = broken || check.loneSurrogate };
            return ((JObject)cleaner.Clean(JToken.ReadFrom(reader)), cleaner.Found);
        }
        catch (Exception failure) when (failure is Newtonsoft.Json.JsonException or FormatException or OverflowException)
        {
            throw new StrictJsonException("A number is out of range.", reader.Path);
        }
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        // One level more than allowed, so that our own check, which knows the path, speaks first.
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth + 2 });
        try
        {
            while (reader.Read()) Take(ref reader);
        }
        catch (System.Text.Json.JsonException)
        {
            throw new StrictJsonException("The body is not valid JSON.", Path());
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        if (levels.Count == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject)) throw new StrictJsonException("The body is not a JSON object.", "");
        if (levels is [.., { IsList: true } list] && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject)) list.Index++;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (levels.Count == MaxDepth) throw new StrictJsonException($"Nested deeper than {MaxDepth}.", Path());
                levels.Add(new Level(reader.TokenType == JsonTokenType.StartArray));
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                levels.RemoveAt(levels.Count - 1);
                break;
            case JsonTokenType.PropertyName:
                Name(Text(ref reader));
                break;
            case JsonTokenType.String when reader.ValueIsEscaped:
                Text(ref reader);
                break;
            case JsonTokenType.Number when reader.ValueSpan.Length > MaxDigits && Digits(reader.ValueSpan) > MaxDigits:
                throw new StrictJsonException($"A number with more than {MaxDigits} digits.", Path());
        }
    }

    private void Name(string name)
    {
        var level = levels[^1];
        level.Name = name;
        if (++keys > MaxKeys) throw new StrictJsonException($"More than {MaxKeys} keys.", Path());
        if (!level.Names.Add(name)) throw new StrictJsonException("A key stands twice in one object.", Path());
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            loneSurrogate = true; // the document will hold U+FFFD in its place
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    private static int Digits(ReadOnlySpan<byte> number)
    {
        var count = 0;
        foreach (var character in number)
            if (char.IsAsciiDigit((char)character)) count++;
        return count;
    }

    private string Path()
    {
        var path = new StringBuilder();
        foreach (var level in levels)
        {
            if (level.IsList) path.Append(System.Globalization.CultureInfo.InvariantCulture, $"[{Math.Max(level.Index, 0)}]");
            else if (level.Name.Length > 0) path.Append(path.Length > 0 ? "." : "").Append(level.Name.Length > 100 ? level.Name[..100] : level.Name);
        }
        return path.Length > 500 ? path.ToString(0, 500) : path.ToString();
    }

    private sealed class Cleaner
    {
        public bool Found { get; set; }

        public JToken Clean(JToken token) => token switch
        {
            JObject map => new JObject(map.Properties().Select(property => new JProperty(Clean(property.Name), Clean(property.Value)))),
            JArray list => new JArray(list.Select(Clean)),
            JValue { Value: string text } => new JValue(Clean(text)),
            _ => token,
        };

        private string Clean(string text)
        {
            var broken = false;
            for (var i = 0; i < text.Length && !broken; i++)
            {
                if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
                else broken = text[i] == '\0' || char.IsSurrogate(text[i]);
            }
            if (!broken) return text;
            Found = true;
            return string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
        }
    }
}
