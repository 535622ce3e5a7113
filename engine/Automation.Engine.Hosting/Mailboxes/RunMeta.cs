using Automation.Engine.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>What the mailbox keeps beside a run's own state.</summary>
/// <param name="Depth">Length of the chain of own effects that led here (R14).</param>
/// <param name="Visit">Number of the stage visit it began in; 0 when there was none.</param>
/// <param name="Event">The <c>event</c> root, for expressions after a wait.</param>
/// <param name="Delayed">True until a delayed trigger has looked again.</param>
public sealed record RunMeta(
    [property: JsonProperty("depth")] int Depth,
    [property: JsonProperty("visit")] int Visit,
    [property: JsonProperty("event")] JObject Event,
    [property: JsonProperty("delayed")] bool Delayed)
{
    /// <summary>What led here, when our own effects did: the first link first (R14).</summary>
    [JsonProperty("chain")] public IReadOnlyList<CauseLink>? Chain { get; init; }

    /// <summary>Set once a person has redriven the run: from then on its effects are looked up before they are planned.</summary>
    [JsonProperty("redriven")] public RedriveMark? Redriven { get; init; }

    /// <summary>The run that waits for this one; null for most.</summary>
    [JsonProperty("parent")] public ParentOfRun? Parent { get; init; }

    public string ToJson() => JsonLine.Write(this, static (json, meta) =>
    {
        json.WriteStartObject();
        json.WritePropertyName("depth");
        json.WriteValue(meta.Depth);
        json.WritePropertyName("visit");
        json.WriteValue(meta.Visit);
        json.Property("event", meta.Event);
        json.WritePropertyName("delayed");
        json.WriteValue(meta.Delayed);
        if (meta.Chain is not null) RunJson.Member(json, "chain", meta.Chain);
        if (meta.Redriven is not null) RunJson.Member(json, "redriven", meta.Redriven);
        if (meta.Parent is not null) RunJson.Member(json, "parent", meta.Parent);
        json.WriteEndObject();
    });
}

/// <param name="Times">How often a person redrove the run.</param>
/// <param name="Skipped">Journal rows that the redrives went back over: the run's own count of steps is its last row's number less these.</param>
public sealed record RedriveMark([property: JsonProperty("times")] int Times, [property: JsonProperty("skipped")] long Skipped);

/// <summary>Reads and writes the JSON of runs.</summary>
public static class RunJson
{
    internal static readonly JsonSerializerSettings Settings = new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
        MaxDepth = 256,
    };

    private static readonly JsonSerializer Serializer = JsonSerializer.Create(Settings);

    public static string Write(RunState state) => JsonLine.Write(state, static (json, run) =>
    {
        json.WriteStartObject();
        json.WritePropertyName(nameof(RunState.Id));
        json.WriteValue(run.Id);
        json.Optional(nameof(RunState.DefinitionVersionId), run.DefinitionVersionId);
        json.WritePropertyName(nameof(RunState.Status));
        json.WriteValue((int)run.Status);
        json.Property(nameof(RunState.Body), run.Body);
        List(json, nameof(RunState.Bookmarks), run.Bookmarks);
        List(json, nameof(RunState.PendingEffects), run.PendingEffects);
        List(json, nameof(RunState.Incidents), run.Incidents);
        json.Optional(nameof(RunState.Name), run.Name);
        json.Optional(nameof(RunState.CorrelationId), run.CorrelationId);
        json.WritePropertyName(nameof(RunState.Sequence));
        json.WriteValue(run.Sequence);
        json.WriteEndObject();
    });

    /// <summary>A member that is rare: written by the serializer.</summary>
    internal static void Member(JsonTextWriter json, string name, object value)
    {
        json.WritePropertyName(name);
        Serializer.Serialize(json, value);
    }

    private static void List<T>(JsonTextWriter json, string name, IReadOnlyList<T> items)
    {
        json.WritePropertyName(name);
        json.WriteStartArray();
        foreach (var item in items) Serializer.Serialize(json, item);
        json.WriteEndArray();
    }

    /// <exception cref="JsonException">The text is no run state (R11: the run is quarantined).</exception>
    public static RunState ReadState(string json) => JsonConvert.DeserializeObject<RunState>(json, Settings) ?? throw new JsonException("The run state is empty.");

    public static RunMeta ReadMeta(string json) => JsonConvert.DeserializeObject<RunMeta>(json, Settings)!;

    public static JObject Parse(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 };
        return JObject.Load(reader);
    }

    /// <summary>Any JSON value, with numbers as they are written.</summary>
    public static JToken ParseToken(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 };
        return JToken.Load(reader);
    }

    public static JObject Stimulus(Stimulus stimulus) => stimulus switch
    {
        Workflows.Stimulus.Start => new JObject { ["type"] = "start" },
        Workflows.Stimulus.BookmarkHit hit => new JObject { ["type"] = "bookmark", ["bookmark"] = hit.BookmarkId, ["payload"] = hit.Payload },
        Workflows.Stimulus.EffectFinished effect => new JObject { ["type"] = "effect", ["outcome"] = Outcome(effect.Outcome) },
        Workflows.Stimulus.Redrive again => new JObject { ["type"] = "redrive", ["base"] = again.Base, ["again"] = Stimulus(again.Again), ["edits"] = again.Edits },
        Workflows.Stimulus.Fail fail => new JObject { ["type"] = "fail", ["code"] = fail.Code, ["message"] = fail.Message, ["meant"] = Stimulus(fail.Meant) },
        Workflows.Stimulus.Nothing => new JObject { ["type"] = "nothing" },
        Workflows.Stimulus.Migrate move => new JObject { ["type"] = "migrate", ["from"] = move.From, ["to"] = move.To },
        Workflows.Stimulus.Cancel cancel => new JObject { ["type"] = "cancel", ["reason"] = cancel.Reason },
        _ => throw new ArgumentOutOfRangeException(nameof(stimulus)),
    };

    private static JObject Outcome(Automation.Engine.Effects.EffectOutcome outcome) => new()
    {
        [nameof(outcome.Key)] = outcome.Key,
        [nameof(outcome.Done)] = outcome.Done,
        [nameof(outcome.Value)] = outcome.Value,
        [nameof(outcome.Code)] = outcome.Code,
        [nameof(outcome.Message)] = outcome.Message,
    };

    public static Stimulus ReadStimulus(JObject json) => (string?)json["type"] switch
    {
        "start" => new Stimulus.Start(),
        "bookmark" => new Stimulus.BookmarkHit((string)json["bookmark"]!, json["payload"]!),
        "effect" => new Stimulus.EffectFinished(json["outcome"]!.ToObject<Automation.Engine.Effects.EffectOutcome>()!),
        "fail" => new Stimulus.Fail((string)json["code"]!, (string)json["message"]!, ReadStimulus((JObject)json["meant"]!)),
        "nothing" => new Stimulus.Nothing(),
        "migrate" => new Stimulus.Migrate((string)json["from"]!, (string)json["to"]!),
        "redrive" => new Stimulus.Redrive((long)json["base"]!, ReadStimulus((JObject)json["again"]!), json["edits"] as JObject),
        "cancel" => new Stimulus.Cancel((string?)json["reason"] ?? ""),
        var other => throw new JsonException($"'{other}' is not a stimulus."),
    };

    /// <summary>True when the trigger's span has a stage and the deal is no longer in it.</summary>
    internal static bool Left(FunnelTrigger trigger, StageRef? now) => trigger.When.Stages.Count > 0 && (now is not { } stage || !trigger.When.Stages.Contains(stage));
}
