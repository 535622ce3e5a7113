using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.Smsc;

/// <summary>The parameters of a call, wherever they stood: query, form or JSON.</summary>
internal sealed partial class SmscQuery(Dictionary<string, string> values)
{
    public string? this[string name] => values.GetValueOrDefault(name);

    public static async Task<SmscQuery> ReadAsync(HttpContext context)
    {
        var values = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (context.Request.HasFormContentType)
        {
            foreach (var pair in await context.Request.ReadFormAsync(context.RequestAborted))
                values[pair.Key] = pair.Value.ToString();
        }
        else if (context.Request.HasJsonContentType())
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
            foreach (var pair in JObject.Parse(body).Properties())
                values[pair.Name] = pair.Value.ToString();
        }
        if (context.Request.Path.Value!.Contains("/rest/", StringComparison.Ordinal))
            values["fmt"] = "3";
        return new SmscQuery(values);
    }

    public static bool IsOwnId(string id) => id.Length == 0 || OwnId().IsMatch(id);

    /// <summary>160 Latin or 70 other characters make one part; joined parts hold 153 or 67.</summary>
    public static int Parts(string text)
    {
        var (single, joined) = text.All(char.IsAscii) ? (160, 153) : (70, 67);
        return text.Length <= single ? 1 : (text.Length + joined - 1) / joined;
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,40}$")]
    private static partial Regex OwnId();
}
