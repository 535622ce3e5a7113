using System.Globalization;
using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>Writes down what a dry run does, out of the journal rows that its steps would have written.</summary>
internal sealed class DryRunWatch(IReadOnlyDictionary<string, string> broken) : ITrialWatch
{
    private readonly List<DryRunTrigger> triggers = [];
    private readonly Dictionary<Guid, DryRunTrigger> byRun = [];
    private readonly Dictionary<(Guid Run, string Execution), DryRunStep> steps = [];

    public JObject? Event { get; private set; }

    public string? Failure { get; private set; }

    public DryRunStep? Find(Guid run, string execution) => steps.GetValueOrDefault((run, execution));

    public void Stepped(StepBuilder step)
    {
        foreach (var run in step.Runs.Values)
            if (!byRun.ContainsKey(run.Row.Id) && triggers.Find(one => one.Id == run.Row.TriggerId) is { } known) byRun[run.Row.Id] = known;
        foreach (var row in step.Journal)
        {
            var facts = RunJson.Parse(row.Facts);
            if (row.Kind == "event" && facts["verdicts"] is JArray verdicts) Judge(facts, verdicts, row.At);
        }

        foreach (var run in step.Runs.Values)
            if (!byRun.ContainsKey(run.Row.Id) && triggers.Find(one => one.Id == run.Row.TriggerId) is { } known) byRun[run.Row.Id] = known;
        foreach (var row in step.Journal.Where(row => row.Kind == "run")) Take(row, RunJson.Parse(row.Facts));
    }

    public void Answered(EffectRow effect, EffectPreview preview) =>
        steps.GetValueOrDefault((effect.RunId, effect.ContextId))?.Acts.Add(new(preview.Act, effect.Summary, preview.Shown, preview.Value));

    public void Failed(Exception cause) => Failure ??= cause.Message;

    /// <summary>In card order, with those that cannot run.</summary>
    public IReadOnlyList<DryRunTrigger> Report(FunnelDocument document) =>
    [
        .. document.Triggers.Select((trigger, place) => (trigger, place)).OrderBy(one => one.trigger.Order).ThenBy(one => one.place).Select(one => triggers.Find(known => known.Id == one.trigger.Id)
            ?? new(one.trigger.Id, one.trigger.Name, broken.TryGetValue(one.trigger.Id, out var why)
                ? new JObject { ["outcome"] = "No", ["reason"] = "definition_invalid", ["message"] = why }
                : new JObject { ["outcome"] = "No", ["reason"] = Matching.Reasons.OtherEvent })),
    ];

    private void Judge(JObject facts, JArray verdicts, DateTimeOffset at)
    {
        var later = (string?)facts["kind"] == "due";
        if (!later) Event ??= facts;
        foreach (var verdict in verdicts.OfType<JObject>())
        {
            var known = triggers.Find(one => one.Id == (string?)verdict["trigger"]);
            if (known is null) triggers.Add(new((string)verdict["trigger"]!, (string?)verdict["name"] ?? "", verdict));
            else if (later) (known.Later, known.LaterAt) = (verdict, at);
        }
    }

    private void Take(JournalRow row, JObject facts)
    {
        if (row.RunId is not { } run || !byRun.TryGetValue(run, out var trigger)) return;
        trigger.Status = Enum.TryParse<RunStatus>((string?)facts["status"], out var status) ? status : trigger.Status;
        foreach (var fact in RunFacts.Of(facts))
        {
            if ((string?)fact["event"] is "cancelled") trigger.Reason = (string?)fact["reason"];
            if ((string?)fact["execution"] is not { } execution) continue;
            if (!steps.TryGetValue((run, execution), out var step))
            {
                step = steps[(run, execution)] = new(execution, (string?)fact["node"] ?? "", (string?)fact["type"] ?? "", row.At);
                trigger.Add(step);
            }

            Take(trigger, step, fact);
        }
    }

    private static void Take(DryRunTrigger trigger, DryRunStep step, JObject fact)
    {
        switch ((string?)fact["event"])
        {
            case "Started":
                step.Inputs = fact["inputs"] as JObject ?? [];
                break;
            case "Suspended":
                var due = DateTimeOffset.TryParse((string?)fact["dueAt"], CultureInfo.InvariantCulture, out var at) ? at : (DateTimeOffset?)null;
                step.Waits.Add(new((string?)fact["bookmark"] ?? "", step.Type, due));
                step.State = "waits";
                break;
            case "Resumed":
                if (step.Waits.FirstOrDefault(wait => wait.Bookmark == (string?)fact["bookmark"]) is { } over) over.Over = true;
                step.State = "running";
                break;
            case "Completed":
                (step.State, step.Outcomes, step.Data) = ("done", [.. (fact["outcomes"] as JArray ?? []).Select(outcome => (string)outcome!)], fact["data"] as JObject ?? []);
                break;
            case "Canceled":
                step.State = "cancelled";
                if ((string?)fact["reason"] is { } reason) trigger.Reason = reason;
                break;
            case "Faulted" or "GivenUp":
                (step.State, step.Code, step.Message) = ("failed", (string?)fact["code"], (string?)fact["message"]);
                break;
        }
    }
}
