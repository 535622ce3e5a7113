using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
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

    // Written straight to text: every event of a deal has one for each funnel.
    private static string VerdictFacts(StoredEvent stored, Derivation derivation, CompiledFunnel funnel, List<Verdict> verdicts, RecordedInputs inputs) =>
        JsonLine.Write((stored, derivation, funnel, verdicts, inputs), static (json, row) =>
        {
            var told = row.derivation;
            json.WriteStartObject();
            json.Optional("kind", row.stored.Event.Kind);
            json.Property("occurrences", new JArray(told.Occurrences.Distinct()));
            json.Optional("from", told.FromStage?.ToString());
            json.Optional("to", told.ToStage?.ToString());
            if (told.Changes.Count > 0) json.Property("changes", told.Changes);
            json.WritePropertyName("funnelVersion");
            json.WriteValue(row.funnel.Version);
            json.WritePropertyName("depth");
            json.WriteValue(told.Depth);
            json.Optional("quiet", told.Quiet);
            json.Optional("causedBy", told.CausedBy?.EffectKey);
            json.Optional("sanitized", row.stored.Event.Sanitized);
            json.WritePropertyName("verdicts");
            json.WriteStartArray();
            foreach (var verdict in row.verdicts) VerdictJson(verdict).WriteTo(json);
            json.WriteEndArray();
            if (!row.inputs.IsEmpty) json.Property("inputs", row.inputs.ToJson());
            json.WriteEndObject();
        });

    private static JObject VerdictJson(Verdict verdict)
    {
        var json = new JObject { ["trigger"] = verdict.TriggerId, ["name"] = verdict.TriggerName, ["outcome"] = verdict.Outcome.ToString(), ["reason"] = verdict.Reason };
        if (verdict.Message is not null) json["message"] = verdict.Message;
        if (verdict.MessageRu is not null) json["messageRu"] = verdict.MessageRu;
        if (verdict.DueAt is { } due) json["due"] = due;
        if (verdict.Seen.Count > 0) json["seen"] = new JArray(verdict.Seen.Select(seen => new JObject { ["path"] = seen.Path, ["value"] = seen.Value }));
        return json;
    }
}
