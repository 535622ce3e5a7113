using Newtonsoft.Json;

namespace Automation.Activities.Tests.Support;

internal static class Json
{
    public static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
        return JToken.ReadFrom(reader);
    }

    public static JObject Object(string text) => (JObject)Parse(text.Replace('\'', '"'));

    public static JToken Copy(JToken token) => Parse(token.ToString(Formatting.None));
}
