using System.Globalization;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>A fact of a run's journal and when it was told.</summary>
internal sealed record ToldFact(DateTimeOffset At, JObject Fact);

/// <summary>A run as Elsa writes it to a file: how it ended, what was executed, and the log of it.</summary>
internal sealed class InstanceFile
{
    /// <summary>Most lines of a run's log: no page reads more.</summary>
    public const int MostLines = 10_000;

    // Deeper than any workflow that is taken here nests: readers go up from a step to the workflow itself.
    private const int Deepest = 500;
    private const int Earliest = 2000;

    // Readers of the journal take these for texts.
    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal) { "code", "message", "retries", "bookmark", "summary", "payload" };
    private static readonly HashSet<string> Objects = new(StringComparer.Ordinal) { "data", "outputs", "inputs" };
    private static readonly HashSet<string> Places = new(StringComparer.Ordinal) { "event", "execution", "node", "type", "parent" };

    private readonly JObject state;
    private readonly Dictionary<string, JObject> records;
    private readonly Dictionary<string, string> numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> depths = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">It is no such file, in words.</exception>
    public InstanceFile(JObject file)
    {
        state = file["workflowState"] as JObject ?? throw new FormatException("it has no workflowState. Take a file that the list of runs exported");
        Id = Text(state, "id") ?? throw Lacks("id");
        DefinitionId = Text(state, "definitionId") ?? throw Lacks("definitionId");
        VersionId = Text(state, "definitionVersionId") ?? "";
        Version = state["definitionVersion"] is JValue { Value: long version } ? version : null;
        Status = (Text(state, "status"), Text(state, "subStatus")) switch
        {
            (_, "Finished") => RunStatus.Finished,
            (_, "Cancelled") => RunStatus.Cancelled,
            (_, "Faulted") => RunStatus.Faulted,
            _ => RunStatus.Running,
        };
        Created = Time(state, "createdAt") ?? throw Lacks("createdAt");
        Updated = Time(state, "updatedAt") ?? Created;
        Finished = Time(state, "finishedAt") ?? Updated;
        if (Created.Year < Earliest) throw new FormatException("its createdAt is no time at which a run began");
        if (Updated < Created || Finished < Created) throw new FormatException("it ended before it began");
        records = Items(file, "activityExecutionRecords").Where(record => Text(record, "id") is not null).DistinctBy(record => Text(record, "id")).ToDictionary(record => Text(record, "id")!, StringComparer.Ordinal);
        Facts = [.. Told(file)];
        if (Facts.Count > MostLines) throw new FormatException($"its log has more than {MostLines} lines");
    }

    public string Id { get; }
    public string DefinitionId { get; }
    public string VersionId { get; }
    public long? Version { get; }

    /// <summary>Running for every run that has not ended.</summary>
    public RunStatus Status { get; }

    /// <summary>Not after <see cref="Updated"/> and <see cref="Finished"/>; every fact lies between.</summary>
    public DateTimeOffset Created { get; }
    public DateTimeOffset Updated { get; }
    public DateTimeOffset Finished { get; }
    public string? Name => Text(state, "name");
    public string? Correlation => Text(state, "correlationId");
    public JObject Input => state["input"] as JObject ?? [];
    public JObject Output => state["output"] as JObject ?? [];

    /// <summary>The workflow's variables by name, as they stood.</summary>
    public JObject Variables => state.SelectToken("properties.Variables") as JObject ?? [];

    public IReadOnlyList<Incident> Incidents => [.. Items(state, "incidents").Select(incident => new Incident(
        Text(incident, "activityId") ?? "", Text(incident, "activityNodeId") ?? "", Text(incident, "activityType") ?? "",
        Text(incident["exception"], "type") ?? "", Text(incident["exception"], "message") ?? Text(incident, "message") ?? "", Time(incident, "timestamp") ?? Finished))];

    /// <summary>Its journal, in order.</summary>
    public IReadOnlyList<ToldFact> Facts { get; }

    /// <summary>The nodes that it went through.</summary>
    public IEnumerable<string> Nodes => Facts.Select(told => (string)told.Fact["node"]!).Distinct(StringComparer.Ordinal);

    // Elsa may be told to write no log; the records tell of beginning and end.
    private IEnumerable<ToldFact> Told(JObject file)
    {
        var lines = Items(file, "workflowExecutionLogRecords").OrderBy(line => line["sequence"] is JValue { Value: long place } ? place : 0).ToList();
        var logged = lines.Select(line => Text(line, "activityInstanceId")).ToHashSet();
        foreach (var record in records.Values.Where(record => !logged.Contains(Text(record, "id"))))
        {
            lines.Add(Line(record, "Started", "startedAt"));
            if (Time(record, "completedAt") is not null) lines.Add(Line(record, Text(record, "status") ?? "Completed", "completedAt"));
        }

        var inOrder = logged.Count == 0 ? lines.OrderBy(line => Time(line, "timestamp") ?? Created) : lines.AsEnumerable();
        return inOrder.Select(Fact).OfType<ToldFact>();
    }

    private static JObject Line(JObject record, string name, string time) => new()
    {
        ["activityInstanceId"] = record["id"],
        ["activityNodeId"] = record["activityNodeId"],
        ["activityType"] = record["activityType"],
        ["eventName"] = name,
        ["timestamp"] = record[time],
    };

    private ToldFact? Fact(JObject line)
    {
        if (Text(line, "activityInstanceId") is not { } instance || Text(line, "eventName") is not { } name || (Text(line, "nodeId") ?? Text(line, "activityNodeId")) is not { } node) return null;
        var record = records.GetValueOrDefault(instance);
        var fact = new JObject { ["event"] = name, ["execution"] = Number(instance), ["node"] = node, ["type"] = Text(line, "activityType") ?? "" };
        if (ParentOf(instance, line) is { } parent) fact["parent"] = parent;
        foreach (var (detail, value) in line["payload"] as JObject ?? [])
            if (IsReadable(detail, value!)) fact[detail] = value!.DeepClone();
        if (Text(line, "message") is { Length: > 0 } message && fact["summary"] is null) fact["message"] = message;
        if (name == "Started" && (line["activityState"] ?? record?["activityState"]) is JObject { Count: > 0 } inputs) fact["inputs"] = new JObject(inputs.Properties().Select(input => new JProperty(JsonName(input.Name), input.Value.DeepClone())));
        if (record is not null && name is "Completed" or "Canceled" or "Faulted") TakeEnd(fact, record!, name);
        return new(Within(Time(line, "timestamp") ?? Created), fact);
    }

    // Said once, of one that began before it: a circle would have no way up.
    private string? ParentOf(string instance, JObject line)
    {
        if (depths.ContainsKey(instance)) return null;
        var parent = Text(line, "parentActivityInstanceId");
        var depth = parent is not null && depths.TryGetValue(parent, out var above) ? above + 1 : 0;
        if (depth > Deepest) throw new FormatException($"its steps are nested more than {Deepest} deep");
        depths[instance] = depth;
        return depth > 0 ? Number(parent!) : null;
    }

    private DateTimeOffset Within(DateTimeOffset time)
    {
        var end = Finished > Updated ? Finished : Updated;
        return time < Created ? Created : time > end ? end : time;
    }

    // Elsa's lines do not say it, the record of the execution does.
    private static void TakeEnd(JObject fact, JObject record, string name)
    {
        if (fact["outcomes"] is null && record.SelectToken("payload.Outcomes") is JArray outcomes && IsReadable("outcomes", outcomes)) fact["outcomes"] = outcomes.DeepClone();
        if (fact["outputs"] is null && record["outputs"] is JObject { Count: > 0 } outputs) fact["outputs"] = outputs.DeepClone();
        if (name != "Faulted" || record["exception"] is not JObject exception) return;
        fact["code"] ??= Text(exception, "type");
        fact["message"] ??= Text(exception, "message");
    }

    // Ours end in one; Elsa's are words.
    private string Number(string instance)
    {
        if (numbers.TryGetValue(instance, out var known)) return known;
        var number = int.TryParse(instance.AsSpan(instance.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var own) && instance.Contains('-', StringComparison.Ordinal) ? own : numbers.Count + 1;
        while (!taken.Add(number.ToString(CultureInfo.InvariantCulture))) number++;
        return numbers[instance] = number.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsReadable(string detail, JToken value) =>
        !Places.Contains(detail)
        && (!Texts.Contains(detail) || value is JValue { Value: string })
        && (!Objects.Contains(detail) || value is JObject)
        && (detail != "outcomes" || (value is JArray outcomes && outcomes.All(one => one is JValue { Value: string })));

    private static string JsonName(string name) => name.Length == 0 || char.IsLower(name[0]) ? name : char.ToLowerInvariant(name[0]) + name[1..];

    private static IEnumerable<JObject> Items(JObject from, string name) => (from[name] as JArray ?? []).OfType<JObject>();

    private static string? Text(JToken? from, string name) => from is JObject json && json[name] is JValue { Value: string { Length: > 0 } text } ? text : null;

    private static DateTimeOffset? Time(JObject from, string name) =>
        Text(from, name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static FormatException Lacks(string name) => new($"its workflowState has no {name}. Take a file that the list of runs exported");
}
