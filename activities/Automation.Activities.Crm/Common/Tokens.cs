using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Common;

internal static class Tokens
{
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal });

    public static JToken From(object? value) => value switch
    {
        null => JValue.CreateNull(),
        JToken token => token,
        _ => JToken.FromObject(value, Serializer),
    };

    public static T? To<T>(JToken? token) where T : class => token is null or { Type: JTokenType.Null } ? null : token.ToObject<T>(Serializer);

    /// <summary>An input given as JSON or as the text of JSON.</summary>
    public static T? Read<T>(JToken? token) where T : class
    {
        if (token is not JValue { Value: string text }) return To<T>(token);
        return string.IsNullOrWhiteSpace(text) ? null : To<T>(Parse(text));
    }

    public static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
        return JToken.ReadFrom(reader);
    }
}
