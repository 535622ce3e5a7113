using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>What is handed to conditions, and what the journal keeps of a matching.</content>
internal sealed partial class StepPlanner
{
    private static JObject EventRoot(StoredEvent stored, Derivation derivation)
    {
        var (old, now) = (new JObject(), new JObject());
        foreach (var (path, change) in derivation.Changes)
        {
            old[path] = change!["old"];
            now[path] = change["new"];
        }

        return new JObject
        {
            ["id"] = stored.Id,
            ["kind"] = stored.Event.Kind,
            ["occurrences"] = new JArray(derivation.Occurrences.Distinct()),
            ["at"] = stored.Event.SourceTime ?? stored.AcceptedAt,
            ["actor"] = stored.Event.ActorId,
            ["old"] = old,
            ["new"] = now,
            ["changes"] = derivation.Changes,
            ["data"] = stored.Event.Data,
            ["from"] = derivation.FromStage?.ToString(),
            ["to"] = derivation.ToStage?.ToString(),
        };
    }

    private static JObject VerdictFacts(StoredEvent stored, Derivation derivation, CompiledFunnel funnel, List<Verdict> verdicts, RecordedInputs inputs)
    {
        var facts = new JObject
        {
            ["kind"] = stored.Event.Kind,
            ["occurrences"] = new JArray(derivation.Occurrences.Distinct()),
            ["from"] = derivation.FromStage?.ToString(),
            ["to"] = derivation.ToStage?.ToString(),
            ["changes"] = derivation.Changes,
            ["funnelVersion"] = funnel.Version,
            ["depth"] = derivation.Depth,
        };
        if (derivation.Quiet is { } quiet) facts["quiet"] = quiet;
        if (derivation.CausedBy is { } cause) facts["causedBy"] = cause.EffectKey;
        if (stored.Event.Sanitized) facts["sanitized"] = true;
        facts["verdicts"] = new JArray(verdicts.Select(VerdictJson));
        if (!inputs.IsEmpty) facts["inputs"] = inputs.ToJson();
        return facts;
    }

    private static JObject VerdictJson(Verdict verdict)
    {
        var json = new JObject { ["trigger"] = verdict.TriggerId, ["name"] = verdict.TriggerName, ["outcome"] = verdict.Outcome.ToString(), ["reason"] = verdict.Reason };
        if (verdict.Message is not null) json["message"] = verdict.Message;
        if (verdict.DueAt is { } due) json["due"] = due;
        if (verdict.Seen.Count > 0) json["seen"] = new JArray(verdict.Seen.Select(seen => new JObject { ["path"] = seen.Path, ["value"] = seen.Value }));
        return json;
    }
}
