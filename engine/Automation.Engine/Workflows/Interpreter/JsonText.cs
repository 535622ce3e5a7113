using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>JSON as the engine keeps it: dates stay texts, fractions are decimals, so a value reads back as it was written.</summary>
public static class JsonText
{
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings
    {
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
        ContractResolver = new Newtonsoft.Json.Serialization.DefaultContractResolver { NamingStrategy = new Newtonsoft.Json.Serialization.CamelCaseNamingStrategy(false, false) },
    });

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 64 };
        var token = JToken.ReadFrom(reader);
        if (reader.Read()) throw new JsonReaderException("Text goes on after the JSON value.");
        return token;
    }

    public static bool TryParse(string text, out JToken token)
    {
        try
        {
            token = Parse(text);
            return true;
        }
        catch (JsonException)
        {
            token = JValue.CreateNull();
            return false;
        }
    }

    /// <summary>Any value as plain JSON; objects in camelCase.</summary>
    public static JToken From(object? value) => value switch
    {
        null => JValue.CreateNull(),
        JToken token => Normalize(token),
        string text => new JValue(text),
        bool flag => new JValue(flag),
        int number => new JValue((long)number),
        long number => new JValue(number),
        decimal number => new JValue(number),
        _ => Normalize(JToken.FromObject(value, Serializer)),
    };

    /// <summary>Replaces what JSON text cannot keep: dates, spans and ids become texts, doubles become decimals.</summary>
    public static JToken Normalize(JToken token)
    {
        if (token is JValue value) return Plain(value);
        foreach (var leaf in ((JContainer)token).DescendantsAndSelf().OfType<JValue>().ToList())
        {
            var plain = Plain(leaf);
            if (!ReferenceEquals(plain, leaf)) leaf.Replace(plain);
        }
        return token;
    }

    private static JValue Plain(JValue value) => value.Value switch
    {
        null => value.Type == JTokenType.Null ? value : JValue.CreateNull(),
        DateTime date => new JValue(date.ToString("O", CultureInfo.InvariantCulture)),
        DateTimeOffset date => new JValue(date.ToString("O", CultureInfo.InvariantCulture)),
        TimeSpan span => new JValue(span.ToString("c", CultureInfo.InvariantCulture)),
        Guid id => new JValue(id.ToString()),
        Uri address => new JValue(address.OriginalString),
        byte[] bytes => new JValue(Convert.ToBase64String(bytes)),
        float number => Fraction(number),
        double number => Fraction(number),
        _ => value,
    };

    private static JValue Fraction(double number) =>
        decimal.TryParse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction)
            ? new JValue(fraction)
            : double.IsFinite(number) ? new JValue(number.ToString("R", CultureInfo.InvariantCulture)) : JValue.CreateNull();
}
