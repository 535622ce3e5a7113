using Automation.Engine.Effects;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Http;

/// <summary>An HTTP call: answered as hoped for, with the first status that the step expects, or 200, and an empty object.</summary>
public sealed class HttpEffectPreview : IEffectPreview
{
    private const int LongestBody = 1_000;

    public string Kind => HttpEffectHandler.EffectKind;

    public EffectPreview Of(JObject request)
    {
        var shown = new JObject { ["method"] = request["method"], ["url"] = Address((string?)request["url"]) };
        if ((string?)request["body"] is { Length: > 0 } body) shown["body"] = body.Length > LongestBody ? body[..LongestBody] + "…" : body;
        var status = (request["expected"] as JArray)?.FirstOrDefault() ?? 200;
        return new(TrialActs.Http, new JObject { ["status"] = status, ["headers"] = new JObject(), ["contentType"] = "application/json", ["body"] = "{}" }, shown);
    }

    // What stands behind the question mark is often a key.
    private static string Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Path) + (address.Query.Length > 1 ? "?…" : "") : "";
}
