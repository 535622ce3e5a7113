using System.Globalization;
using Automation.Engine.Api.Json;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>One execution of one activity, as the run's journal tells it.</summary>
internal sealed record ExecutionRecord(string Id, string NodeId, string Type, int Number)
{
    public string? Parent { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Running, Completed, Canceled, Faulted.</summary>
    public string Status { get; set; } = "Running";
    public bool Waits { get; set; }
    public JObject Inputs { get; set; } = [];
    public JArray Outcomes { get; set; } = [];
    public JObject? Data { get; set; }

    /// <summary>The values that it gave, by the outputs' names.</summary>
    public JObject Outputs { get; } = [];
    public JObject? Exception { get; set; }

    /// <summary>Failures of its own and of what it contains.</summary>
    public int Faults { get; set; }

    /// <summary>The retry strategy that its step chose.</summary>
    public string? Retries { get; set; }

    /// <param name="numbers">Of executions.</param>
    public bool IsIn(IReadOnlySet<string> numbers) => numbers.Contains(Number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Last segment of the node id.</summary>
    public string ActivityId => NodeId[(NodeId.LastIndexOf(':') + 1)..];
}

/// <summary>A line of the instance viewer's journal.</summary>
internal sealed record RecordLine(string Id, DateTimeOffset At, long Sequence, string Event, ExecutionRecord Execution, JObject Fact);

/// <summary>A run's journal rows as Elsa's execution records and log: nothing is kept a second time for Studio.</summary>
internal sealed class RunRecords
{
    private static readonly HashSet<string> Ends = new(StringComparer.Ordinal) { "Completed", "Canceled", "Faulted" };
    private readonly Dictionary<string, ExecutionRecord> executions = new(StringComparer.Ordinal);
    private readonly List<RecordLine> lines = [];

    /// <param name="rows">The run's own rows, in order.</param>
    public RunRecords(RunRow run, IEnumerable<JournalRow> rows)
    {
        foreach (var row in rows)
            foreach (var fact in RunFacts.Of(ApiJson.Parse(row.Facts)))
                Take(run.Id, row, fact);
        CountFaults();
        if (run.FinishedAt is { } ended) Close(ended);
    }

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyCollection<ExecutionRecord> Executions => executions.Values;

    public ExecutionRecord? Find(string id) => executions.GetValueOrDefault(id);

    /// <summary>It, what it stands in, what that stands in, up to the workflow itself.</summary>
    public IEnumerable<ExecutionRecord> Upwards(ExecutionRecord from)
    {
        for (var at = from; at is not null; at = at.Parent is { } parent ? Find(parent) : null) yield return at;
    }

    public IReadOnlyList<RecordLine> Lines => lines;

    private void Take(Guid run, JournalRow row, JObject fact)
    {
        if ((string?)fact["execution"] is not { } number || (string?)fact["event"] is not { } name) return;
        var id = $"{run:N}-{number}";
        if (!executions.TryGetValue(id, out var execution))
        {
            // Its beginning may be older than the journal goes.
            if ((string?)fact["node"] is not { } node) return;
            executions[id] = execution = new(id, node, (string?)fact["type"] ?? "", int.Parse(number, CultureInfo.InvariantCulture)) { StartedAt = row.At };
        }

        Note(run, row, fact, name, execution);
        lines.Add(new($"{row.Id:N}-{lines.Count}", row.At, lines.Count + 1, name, execution, fact));
    }

    private void CountFaults()
    {
        foreach (var faulted in executions.Values.Where(one => one.Status == "Faulted"))
            foreach (var at in Upwards(faulted)) at.Faults++;
    }

    // A run that failed leaves its containers where they stood: nothing told of their end.
    private void Close(DateTimeOffset ended)
    {
        foreach (var open in executions.Values.Where(one => one.EndedAt is null))
            (open.Status, open.EndedAt, open.Waits) = (open.Faults > 0 ? "Faulted" : "Canceled", ended, false);
    }

    private static void Note(Guid run, JournalRow row, JObject fact, string name, ExecutionRecord execution)
    {
        if ((string?)fact["parent"] is { } parent) execution.Parent = $"{run:N}-{parent}";
        if (fact["inputs"] is JObject inputs) execution.Inputs = inputs;
        if (fact["data"] is JObject data) execution.Data = data;
        foreach (var (output, value) in fact["outputs"] as JObject ?? []) execution.Outputs[output] = value!.DeepClone();
        if (name is "Suspended" or "EffectPlanned") execution.Waits = true;
        if ((string?)fact["retries"] is { } retries) execution.Retries = retries;
        if (name == "Resumed") execution.Waits = false;
        if (name == "Faulted") execution.Exception = new() { ["type"] = (string?)fact["code"] ?? "", ["message"] = (string?)fact["message"] ?? "", ["stackTrace"] = "" };
        if (!Ends.Contains(name)) return;
        (execution.Status, execution.EndedAt, execution.Waits) = (name, row.At, false);
        if (fact["outcomes"] is JArray outcomes) execution.Outcomes = outcomes;
    }
}
