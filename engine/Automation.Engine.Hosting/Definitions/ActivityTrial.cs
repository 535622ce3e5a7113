using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>What a trial of one activity showed. Nothing of it has happened.</summary>
/// <param name="Status">Completed, Faulted, Canceled, or Running where it would now wait for something.</param>
/// <param name="Inputs">Evaluated, by the inputs' names, without secrets.</param>
/// <param name="Planned">What it would send.</param>
public sealed record TrialReport(
    string Status, JObject Inputs, IReadOnlyList<string> Outcomes, JObject Outputs, IReadOnlyList<EffectRequest> Planned, IReadOnlyList<PublishedEvent> Published, IReadOnlyList<Bookmark> Waits, TrialFailure? Failure);

public sealed record TrialFailure(string Code, string Message);

/// <summary>Runs one activity of a definition in memory, without those inside it: inputs are evaluated, effects are planned and dropped.</summary>
public sealed class ActivityTrial(IWorkflowInterpreter interpreter, ActivityRegistry registry, CompositeCatalog composites, AccountDirectory accounts, IIdSource ids, TimeProvider clock, IServiceProvider services)
{
    private const string Bound = "trial.";

    /// <param name="activity">Its id, or its node id.</param>
    /// <returns>Null when the definition has no such activity.</returns>
    /// <exception cref="DefinitionInvalidException">The activity cannot run as it stands.</exception>
    public async Task<TrialReport?> RunAsync(AccountId account, DefinitionRow definition, string activity, CancellationToken cancellationToken)
    {
        var document = RunJson.Parse(definition.Document);
        if (DefinitionGraph.Of(document)?.All.FirstOrDefault(node => node.NodeId == activity || (string?)node.Activity["id"] == activity) is not { } place) return null;
        var alone = Alone(document, place);
        var workflow = interpreter.Compile(new(definition.VersionId, definition.DefinitionId, definition.Version, alone), await composites.ReadAsync(account, cancellationToken));
        var info = await accounts.GetAsync(account, cancellationToken);
        var run = ids.NewId();
        var environment = new StepEnvironment(
            new MailboxKey(account, new(Guid.Empty), WorkflowStarter.EntityType, run.ToString("N")), clock.GetUtcNow(), info.TimeZone, info.Language, new TrialInputs(), new TrialRoots(info), services);
        try
        {
            var step = await interpreter.StartAsync(workflow, new(run, null, new Dictionary<string, JToken>(), null, null), environment, cancellationToken);
            return Report(step, workflow, $"{DefinitionDocument.RootNode}:{(string?)alone["root"]!["id"]}");
        }
        catch (StepInputException unread)
        {
            return new("Faulted", [], [], [], [], [], [], new("read_failed", unread.Message));
        }
    }

    /// <summary>A workflow of nothing but that activity, with the variables that it sees and its outputs caught.</summary>
    private JObject Alone(JObject document, GraphNode place)
    {
        var activity = (JObject)place.Activity.DeepClone();
        foreach (var inner in DefinitionDocument.Children(activity).ToList())
            if (inner.Parent is JProperty port) port.Remove();
            else inner.Remove();
        var variables = new Dictionary<string, JToken>(StringComparer.Ordinal);
        for (var at = place.Parent; at is not null; at = at.Parent) Declare(at.Activity);
        Declare(document);
        var outputs = new JArray();
        foreach (var output in registry.Find((string?)activity["type"] ?? "", (int?)activity["version"] ?? 1)?.Outputs ?? [])
        {
            activity[output.JsonName] = new JObject { ["typeName"] = "Object", ["memoryReference"] = new JObject { ["id"] = Bound + output.Name } };
            outputs.Add(new JObject { ["name"] = Bound + output.Name, ["type"] = "Object" });
        }

        return new()
        {
            ["name"] = document["name"],
            ["variables"] = new JArray(variables.Values),
            ["inputs"] = document["inputs"],
            ["outputs"] = outputs,
            ["customProperties"] = document["customProperties"],
            ["root"] = activity,
        };

        // The nearest of a name is the one that it sees.
        void Declare(JObject owner)
        {
            foreach (var variable in (owner["variables"] as JArray ?? []).OfType<JObject>()) variables.TryAdd((string?)variable["name"] ?? "", Tried(variable, document));
        }
    }

    // A value that the editor set for trials stands in for the variable's own.
    private static JObject Tried(JObject variable, JObject document) =>
        (string?)variable["id"] is { } id && document["customProperties"]?["VariableTestValues"]?[id] is { } value ? new(variable) { ["value"] = value } : variable;

    private static TrialReport Report(RunStep step, CompiledWorkflow workflow, string nodeId)
    {
        using var writer = new JTokenWriter();
        writer.WriteStartArray();
        foreach (var fact in step.Facts) fact.WriteTo(writer);
        writer.WriteEndArray();
        var facts = RunFacts.Of(new JObject { ["facts"] = writer.Token }).Where(fact => (string?)fact["node"] == nodeId).ToList();
        var end = facts.FindLast(fact => (string?)fact["event"] is "Completed" or "Canceled" or "Faulted");
        var outputs = new JObject();
        foreach (var output in (step.State.Body["output"] as JObject ?? []).Properties().Where(output => output.Name.StartsWith(Bound, StringComparison.Ordinal))) outputs[output.Name[Bound.Length..]] = output.Value;
        return new(
            (string?)end?["event"] ?? "Running", workflow.Describe(nodeId)!.Descriptor.ByName(facts.Find(fact => fact["inputs"] is JObject)?["inputs"] as JObject ?? []),
            [.. (end?["outcomes"] as JArray ?? []).Select(outcome => (string)outcome!)], outputs, [.. step.Effects.Select(effect => effect.Request)], step.Published, step.State.Bookmarks,
            step.State.Incidents is [var incident, ..] ? new(incident.Code, incident.Message) : null);
    }

    /// <summary>Scripts, calendars and what this installation itself knows; nothing that would call another system, and nobody's turn is taken.</summary>
    private sealed class TrialInputs : IStepInputs
    {
        private static readonly string[] Own = ["script/", "deadline/", "connection/", "link/", "sms/", "template/"];

        public async ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read, CancellationToken cancellationToken)
        {
            if (!Own.Any(own => key.StartsWith(own, StringComparison.Ordinal))) throw new ActivityFaultException("trial_reads_nothing", "This step needs an answer from the CRM or another system. A trial asks nobody: start the workflow to see it.");
            return await read(cancellationToken);
        }
    }

    /// <summary>A trial belongs to no deal.</summary>
    private sealed class TrialRoots(AccountInfo account) : IRootSource
    {
        public IReadOnlyCollection<string> Roots { get; } = ["deal", "contact", "company", "event", "user", "account", "booking", "now"];

        public ValueTask<JToken> ReadAsync(string root, CancellationToken cancellationToken) => ValueTask.FromResult<JToken>(root switch
        {
            "account" => new JObject { ["id"] = account.Id.ToString(), ["name"] = account.Name, ["timezone"] = account.TimeZone.Id, ["language"] = account.Language },
            "event" => new JObject(),
            _ => JValue.CreateNull(),
        });
    }
}
