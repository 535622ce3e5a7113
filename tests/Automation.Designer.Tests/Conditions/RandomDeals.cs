using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Conditions;

/// <summary>What a condition may meet: fields of every kind, filled or not, and what the event changed.</summary>
internal static class RandomDeals
{
    private static readonly Func<JToken>[] Values =
    [
        () => JValue.CreateNull(), () => "", () => "Казань", () => "казань", () => "vip", () => "5", () => "-3.5", () => "1", () => "true", () => "2026-11-22", () => "2026-11-25T10:30:00+03:00", () => "2026-11-19T21:30:00Z", () => "2026-11-21", () => "2026-11-23",
        () => 0, () => 5, () => 1000.5m, () => true, () => false, () => new JArray(), () => new JArray("vip", "Казань"), () => new JArray(5, "1"),
    ];

    private static readonly Gen<Func<JToken>> Value = Gen.Elements(Values);

    public static readonly Gen<JObject> Roots =
        from values in Gen.ListOf(Value, 10)
        from changed in Gen.ListOf(Gen.Elements(true, false), 4)
        from contact in Gen.Elements(true, false)
        select Make([.. values.Select(make => make())], [.. changed], contact);

    private static JObject Make(JToken[] values, bool[] changed, bool contact)
    {
        var deal = new JObject { ["price"] = values[0], ["name"] = values[1], ["cf"] = new JObject { ["101"] = values[2], ["102"] = values[3] }, ["created_at"] = values[4], ["Город доставки"] = values[5] };
        deal["tags"] = values[6] is JArray tags ? tags : new JArray("VIP", new JObject { ["name"] = "Казань" });
        var changes = new JObject();
        if (changed[0]) changes["price"] = new JObject { ["old"] = values[7], ["new"] = values[0].DeepClone() };
        if (changed[1]) changes["name"] = new JObject { ["old"] = values[8], ["new"] = values[1].DeepClone() };
        if (changed[2]) changes["cf.101"] = new JObject { ["old"] = values[9], ["new"] = values[2].DeepClone() };
        if (changed[3]) changes["created_at"] = new JObject { ["old"] = values[4].DeepClone(), ["new"] = values[4].DeepClone() };
        return new() { ["deal"] = deal, ["contact"] = contact ? new JObject { ["name"] = values[9].DeepClone() } : JValue.CreateNull(), ["event"] = new JObject { ["changes"] = changes } };
    }
}
