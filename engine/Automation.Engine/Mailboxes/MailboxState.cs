using Automation.Engine.Workflows.Interpreter;
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

    /// <summary>What was given up and lets the entity stand still (R9, <c>onDead: block</c>); empty while it goes on.</summary>
    [JsonProperty("blocked")] public IReadOnlyList<Blockage> Blocked { get; init; } = [];

    private static readonly JsonSerializerSettings Settings = new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
    };

    private static readonly JsonSerializer Serializer = JsonSerializer.Create(Settings);

    /// <summary>Every event of an entity writes this: what most of them have is written without the serializer, what is rare by it.</summary>
    public string ToJson() => JsonLine.Write(this, static (json, state) =>
    {
        json.WriteStartObject();
        if (state.Known is not null) json.Property("known", state.Known);
        json.WritePropertyName("complete");
        json.WriteValue(state.Complete);
        if (state.KnownAt is { } at)
        {
            json.WritePropertyName("knownAt");
            json.WriteValue(at);
        }

        if (state.Visit is not null) Rare(json, "visit", state.Visit);
        json.WritePropertyName("fired");
        json.WriteStartObject();
        foreach (var (trigger, firing) in state.Fired)
        {
            json.WritePropertyName(trigger);
            firing.WriteTo(json, Serializer);
        }

        json.WriteEndObject();
        if (state.OwnWrites.Count > 0) Rare(json, "own", state.OwnWrites);
        if (state.Armed.Count > 0) Rare(json, "armed", state.Armed);
        if (state.Blocked.Count > 0) Rare(json, "blocked", state.Blocked);
        json.WriteEndObject();
    });

    private static void Rare(JsonTextWriter json, string name, object value)
    {
        json.WritePropertyName(name);
        Serializer.Serialize(json, value);
    }

    public static MailboxState FromJson(string json) => json is "" or "{}" ? new() : JsonConvert.DeserializeObject<MailboxState>(json, Settings)!;
}

/// <summary>Something that was given up and that later events stand back for.</summary>
/// <param name="Kind">event or run.</param>
/// <param name="Target">Its id.</param>
public sealed record Blockage([property: JsonProperty("k")] string Kind, [property: JsonProperty("id")] string Target, [property: JsonProperty("at")] DateTimeOffset Since);

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

    internal void WriteTo(JsonTextWriter json, JsonSerializer serializer)
    {
        if (Stopped is not null)
        {
            serializer.Serialize(json, this);
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName("v");
        json.WriteValue(ThisVisit);
        json.WritePropertyName("at");
        json.WriteValue(Last);
        json.WritePropertyName("r");
        json.WriteStartArray();
        foreach (var at in Recent) json.WriteValue(at);
        json.WriteEndArray();
        json.WriteEndObject();
    }
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
