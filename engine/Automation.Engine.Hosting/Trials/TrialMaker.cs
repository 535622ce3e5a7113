using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>One funnel with everything that plays it: the planner of the real mailboxes, on a clock, reads and services of its own.</summary>
internal sealed record TrialSide(TrialFunnel Funnel, StepPlanner Planner, TrialClock Clock, TrialReads Reads, IIdSource Ids, Func<EffectRow, ValueTask<EffectPreview>> PreviewAsync)
{
    /// <summary>Kind of the effect that starts another workflow.</summary>
    public const string ChildKind = "workflow";
}

/// <summary>
/// Makes trials out of the engine's own parts: matcher, interpreter, planner. What a trial gets of them holds no committer, no effect
/// sender and no way out (ADR 0014).
/// </summary>
internal sealed class TrialMaker(
    IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, IWorkflowInterpreter interpreter, TriggerMatcher matcher, IPorts ports, CrmDirectoryCache directories,
    ManagerDirectory managers, IWorkCalendars calendars, CompositeCatalog composites, ActivityRegistry activities, IIdSource ids, RedriveReads reads, RunFold fold, TriggerCatalog triggers,
    IEnumerable<IEffectPreview> previews, IServiceProvider services)
{
    private readonly Dictionary<string, IEffectPreview> previews = previews.ToDictionary(preview => preview.Kind, StringComparer.Ordinal);

    public DealHistory History { get; } = new(contexts);

    public TrialSide Make(TrialFunnel funnel)
    {
        var clock = new TrialClock();
        var own = new OwnWriteRegistry(clock);
        var scripted = new TrialReads(directories, clock);
        var shut = new TrialPorts(ports);
        var planner = new StepPlanner(
            accounts, funnel, interpreter, matcher, shut, directories, own, new TrialNotes(own), calendars, ids, clock, new TrialServices(services, shut, managers, clock), reads, fold,
            new FailureLog(NullLogger<FailureLog>.Instance), new RestorePoint(), triggers, scripted);
        return new(funnel, planner, clock, scripted, ids, effect => PreviewAsync(funnel, effect));
    }

    /// <summary>Makes a draft ready to be tried. A trigger that cannot run is left out and named.</summary>
    public async Task<TrialFunnel> CompileAsync(AccountId account, Guid funnel, int version, ConnectionId connection, FunnelDocument document, CancellationToken cancellationToken)
    {
        var usable = await composites.ReadAsync(account, cancellationToken);
        var (compiled, broken) = (new List<CompiledTrigger>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (trigger, _) in document.Triggers.Select((trigger, place) => (trigger, place)).OrderBy(item => item.trigger.Order).ThenBy(item => item.place))
        {
            try
            {
                if (trigger.Then is null) throw new DefinitionInvalidException([new("then", "definition_invalid", "Nothing is chosen under Then.")]);
                compiled.Add(new(trigger, interpreter.Compile(new($"trial/{trigger.Id}", $"{document.Slug}.{trigger.Id}", 1, trigger.Then), usable)));
            }
            catch (DefinitionInvalidException e)
            {
                broken[trigger.Id] = e.Message;
            }
        }

        return new(new(funnel, version, document, connection, compiled), broken);
    }

    private async ValueTask<EffectPreview> PreviewAsync(TrialFunnel funnel, EffectRow effect)
    {
        var request = RunJson.Parse(effect.Request);
        if (previews.TryGetValue(effect.Kind, out var preview)) return preview.Of(request);
        return effect.Kind switch
        {
            TrialSide.ChildKind => new(TrialActs.Workflow, new JObject { ["run"] = ids.NewId() }, new JObject { ["definition"] = request["definition"], ["input"] = request["input"] }),
            "publish" => new(TrialActs.Event, new JObject(), new JObject { ["name"] = request["Name"] }),
            "activity" => new(TrialActs.Other, await AnswerAsync(funnel, effect, request), new JObject { ["inputs"] = request["inputs"] }),
            _ => new(TrialActs.Other, new JObject(), []),
        };
    }

    /// <summary>An activity that does its own work leaves by the first of its exits.</summary>
    private async ValueTask<JObject> AnswerAsync(TrialFunnel funnel, EffectRow effect, JObject request)
    {
        var workflow = await funnel.WorkflowAsync(new(effect.AccountId), (string?)request["definitionVersionId"] ?? "");
        var node = workflow is null ? null : DefinitionGraph.Of(workflow.Definition.Document)?.All.FirstOrDefault(one => one.NodeId == (string?)request["node"])?.Activity;
        var outcomes = node is null ? null : activities.Find((string?)node["type"] ?? "", (int?)node["version"] ?? 1)?.Outcomes;
        return new JObject { ["outcomes"] = new JArray(outcomes is { Count: > 0 } ? outcomes[0] : "Done") };
    }
}
