using Automation.Designer.Words;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Settings;

/// <param name="Name">Where its value goes in the request: <c>subdomain</c>, <c>settings.host</c>, <c>secrets.token</c>.</param>
/// <param name="Optional">It may stay empty.</param>
public sealed record ConnectionField(string Name, bool Optional = false)
{
    public bool IsSecret => Name.StartsWith("secrets.", StringComparison.Ordinal);

    /// <summary>Its words are <c>connect.{kind}.{key}</c>.</summary>
    public string Key => Name[(Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
}

/// <summary>A system that can be connected, and what it asks.</summary>
/// <param name="DefaultName">Its name in funnels where the person says no other.</param>
public sealed record ConnectionKind(string Kind, string DefaultName, params IReadOnlyList<ConnectionField> Fields)
{
    public static readonly IReadOnlyList<ConnectionKind> All =
    [
        new("amocrm", "crm", new("subdomain"), new("secrets.token")),
        new("smsc", "sms", new("secrets.apikey"), new("settings.sender", Optional: true)),
        new("klientiks", "booking", new("settings.accountId"), new("settings.userId"), new("secrets.token")),
        new("email", "email", new("settings.host"), new("settings.user"), new("secrets.password"), new("settings.from", Optional: true)),
        new("generic", "webhook"),
    ];

    public static string NameOf(string kind, ScreenWords words) => All.Any(one => one.Kind == kind) ? words[$"connect.{kind}"] : kind;

    /// <summary>The body of <c>POST /api/connections</c>.</summary>
    /// <param name="values">By name of field; what is empty is left out.</param>
    public JObject Request(string name, IReadOnlyDictionary<string, string> values)
    {
        var body = new JObject { ["kind"] = Kind, ["name"] = name, ["settings"] = new JObject(), ["secrets"] = new JObject() };
        foreach (var field in Fields)
        {
            if (values.GetValueOrDefault(field.Name)?.Trim() is not { Length: > 0 } value) continue;
            var place = field.Name.Split('.') is [var part, _] ? (JObject)body[part]! : body;
            place[field.Key] = value;
        }

        return body;
    }
}
