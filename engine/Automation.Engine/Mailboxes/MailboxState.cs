using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Mailboxes;

/// <summary>What a mailbox remembers of its entity between events. Stored as one JSON document under the fencing epoch.</summary>
public sealed record MailboxState
{
    /// <summary>The entity as last told, neutral form; null when nothing was told yet.</summary>
    [JsonProperty("known")] public JObject? Known { get; init; }

    /// <summary>True when <see cref="Known"/> is the whole entity, not only ids.</summary>
    [JsonProperty("complete")] public bool Complete { get; init; }

    /// <summary>Source time of <see cref="Known"/>; an older telling never overwrites a newer one.</summary>
    [JsonProperty("knownAt")] public DateTimeOffset? KnownAt { get; init; }

    [JsonProperty("visit")] public StageVisit? Visit { get; init; }

    /// <summary>What fired, by trigger id.</summary>
    [JsonProperty("fired")] public IReadOnlyDictionary<string, Firing> Fired { get; init; } = new Dictionary<string, Firing>();

    /// <summary>Our own recent writes to this entity, to recognise their echo.</summary>
    [JsonProperty("own")] public IReadOnlyList<OwnWrite> OwnWrites { get; init; } = [];

    /// <summary>Date value a date_field trigger is armed for, by trigger id.</summary>
    [JsonProperty("armed")] public IReadOnlyDictionary<string, DateTimeOffset> Armed { get; init; } = new Dictionary<string, DateTimeOffset>();

    private static readonly JsonSerializerSettings Settings = new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
    };

    public string ToJson() => JsonConvert.SerializeObject(this, Formatting.None, Settings);

    public static MailboxState FromJson(string json) => json is "" or "{}" ? new() : JsonConvert.DeserializeObject<MailboxState>(json, Settings)!;
}

/// <summary>The stay in one stage.</summary>
/// <param name="Number">1, 2, 3 … over the deal's life.</param>
/// <param name="Entry">created, entered, or seen (we met the deal already there).</param>
public sealed record StageVisit(
    [property: JsonProperty("n")] int Number,
    [property: JsonProperty("p")] string PipelineId,
    [property: JsonProperty("s")] string StageId,
    [property: JsonProperty("at")] DateTimeOffset Since,
    [property: JsonProperty("e")] string Entry);

/// <summary>How a trigger fired on this entity.</summary>
/// <param name="ThisVisit">Since the deal entered the span.</param>
/// <param name="Recent">Instants of the last firings, for the loop guard (R14).</param>
public sealed record Firing(
    [property: JsonProperty("v")] bool ThisVisit,
    [property: JsonProperty("at")] DateTimeOffset Last,
    [property: JsonProperty("r")] IReadOnlyList<DateTimeOffset> Recent)
{
    /// <summary>When the loop guard stopped it for this entity; null while it may fire. Only a person lifts it.</summary>
    [JsonProperty("stopped")] public DateTimeOffset? Stopped { get; init; }

    /// <summary>The circle that it ran in, in words, as the guard saw it.</summary>
    [JsonProperty("cycle")] public string? Cycle { get; init; }
}

/// <summary>One link of a chain: a trigger, and what its run did that led on.</summary>
/// <param name="Trigger">The trigger's name.</param>
/// <param name="Effect">One line, without personal data.</param>
public sealed record CauseLink([property: JsonProperty("t")] string Trigger, [property: JsonProperty("e")] string Effect);

/// <summary>A write of ours whose echo is awaited.</summary>
/// <param name="Values">Neutral path → value written; tags under <c>tags+</c> and <c>tags-</c>.</param>
public sealed record OwnWrite(
    [property: JsonProperty("k")] string EffectKey,
    [property: JsonProperty("run")] Guid RunId,
    [property: JsonProperty("d")] int Depth,
    [property: JsonProperty("at")] DateTimeOffset At,
    [property: JsonProperty("w")] JObject Values)
{
    /// <summary>What led to it, the first link first; this write is the last one.</summary>
    [JsonProperty("c")] public IReadOnlyList<CauseLink>? Chain { get; init; }
}
