using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>What a back-test showed, as its row keeps it.</summary>
public sealed record BackTestResult
{
    /// <summary>The period that was played; shorter than asked where it holds too many events.</summary>
    public DateTimeOffset From { get; init; }

    public DateTimeOffset To { get; init; }

    /// <summary>The newest events alone were played, because there are too many.</summary>
    public bool Shortened { get; init; }

    public int Deals { get; init; }

    /// <summary>The version that it is compared with; null when nothing is published.</summary>
    public int? Version { get; init; }

    public IReadOnlyList<BackTestCard> Cards { get; init; } = [];

    /// <summary>What steps asked other systems for and nobody here knew.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Steps that could not be computed, and the reason of the first.</summary>
    public int Failures { get; init; }

    public string? Failure { get; init; }

    /// <summary>Why it ended without a result.</summary>
    public string? Error { get; init; }

    public string ToJson() => JsonConvert.SerializeObject(this, BackTestJson.Settings);

    public static BackTestResult FromJson(string json) => JsonConvert.DeserializeObject<BackTestResult>(json, BackTestJson.Settings) ?? new();
}

/// <summary>A trigger in both versions.</summary>
/// <param name="Draft">Null when the draft does not have it any more.</param>
/// <param name="Published">Null when it is new.</param>
/// <param name="Note">Why its numbers are not whole: <c>definition_invalid: …</c>, or <c>schedule</c> (its own times have not been).</param>
public sealed record BackTestCard(string Trigger, string Name, CardTally? Draft, CardTally? Published, IReadOnlyList<BackTestExample> Examples, string? Note);

/// <summary>What a trigger did, or would have done, over the period.</summary>
public sealed record CardTally
{
    public int Fired { get; set; }

    /// <summary>Events of its kind, in its stages, on which it did not fire.</summary>
    public int Skipped { get; set; }

    /// <summary>Runs that still wait at the end of the period.</summary>
    public int Waiting { get; set; }

    public int Failed { get; set; }

    /// <summary>What would have been sent, by <see cref="Automation.Engine.Effects.TrialActs"/>.</summary>
    public IDictionary<string, int> Acts { get; } = new SortedDictionary<string, int>(StringComparer.Ordinal);
}

/// <summary>A deal on which a trigger fires in one of the versions alone.</summary>
/// <param name="Side"><c>draft</c> or <c>published</c>: where it fires.</param>
/// <param name="Other">The verdict of the other one; null when it has no such trigger, or none looked at the event.</param>
public sealed record BackTestExample(string Side, string EntityType, string EntityId, string? Name, DateTimeOffset At, Guid? Event, JObject? Other);

internal static class BackTestJson
{
    public static readonly JsonSerializerSettings Settings = new()
    {
        ContractResolver = new Newtonsoft.Json.Serialization.DefaultContractResolver { NamingStrategy = new Newtonsoft.Json.Serialization.CamelCaseNamingStrategy(false, false) },
        NullValueHandling = NullValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
    };
}
