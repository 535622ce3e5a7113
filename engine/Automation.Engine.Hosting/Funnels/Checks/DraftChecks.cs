using Automation.Engine.Accounts;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Everything that is wrong or doubtful in a draft. What the validator refuses is an error; what it cannot know, the checks here say.</summary>
public sealed class DraftChecks(IDbContextFactory<AutomationDbContext> contexts, FunnelService funnels, FunnelDocuments documents, CrmDirectoryCache directories, IPorts ports, ActivityRegistry activities)
{
    private static readonly HashSet<string> NoIds = [];

    public async Task<IReadOnlyList<Finding>> CheckAsync(AccountId account, Guid funnelId, ConnectionId connection, FunnelDocument document, CancellationToken cancellationToken)
    {
        var draft = new CheckedDraft(document, await OthersAsync(account, funnelId, connection, document, cancellationToken), await directories.GetAsync(connection, cancellationToken));
        var problems = await funnels.CheckAsync(account, document, connection, cancellationToken);
        var taken = problems.Any(problem => problem.Code == FunnelService.IdTaken) ? await funnels.TakenIdsAsync(account, document, connection) : NoIds;
        IEnumerable<Finding> found =
        [
            .. problems.Select(problem => Of(draft, problem, taken)), .. RequiredCheck.Run(draft, activities), .. FieldCheck.Run(draft), .. await ConnectionCheck.RunAsync(draft, account, ports, cancellationToken), .. UnreachableCheck.Run(draft), .. LoopCheck.Run(draft), .. DoubleWriteCheck.Run(draft),
        ];
        return [.. found.DistinctBy(one => (one.Part, one.Place, one.Message.En)).OrderBy(one => !one.IsError)];
    }

    /// <summary>What the board shows as an error beyond what the validator refuses keeps a draft from being published.</summary>
    /// <param name="funnelId">Empty for a funnel that is not there yet.</param>
    /// <exception cref="FunnelInvalidException">There is such an error.</exception>
    public async Task RefuseAsync(AccountId account, Guid funnelId, ConnectionId connection, FunnelDocument document, CancellationToken cancellationToken)
    {
        var errors = (await CheckAsync(account, funnelId, connection, document, cancellationToken)).Where(finding => finding is { IsError: true, Code: "field_unknown" or "input_empty" }).ToList();
        if (errors.Count > 0) throw new FunnelInvalidException([.. errors.Select(error => Of(document, error))]);
    }

    private static FunnelProblem Of(FunnelDocument document, Finding error)
    {
        var at = document.Triggers.TakeWhile(trigger => trigger.Id != error.Part).Count();
        var place = error.Place.Split('/') is ["then", var id, var input] && Step.Of(document.Triggers[at].Then).FirstOrDefault(step => step.Id == id) is { } found ? $"then.{found.Node.Path}.{input}" : error.Place;
        return new($"triggers[{at}].{place}", error.Code, error.Message.En, Ru: error.Message.Ru);
    }

    /// <summary>A validator's problem as a finding: which card, and where in it.</summary>
    private static Finding Of(CheckedDraft draft, FunnelProblem problem, IReadOnlySet<string> taken)
    {
        var (document, path) = (draft.Document, problem.Path);
        if (!path.StartsWith("triggers[", StringComparison.Ordinal) || path.IndexOf(']', StringComparison.Ordinal) is var end && !int.TryParse(path["triggers[".Length..end], out _)) return new(true, problem.Code, "", "", problem.Words);
        var trigger = document.Triggers[int.Parse(path["triggers[".Length..end], System.Globalization.CultureInfo.InvariantCulture)];
        var rest = path[(end + 1)..].TrimStart('.');
        var finding = new Finding(true, problem.Code, trigger.Id, rest.Split('.', '[')[0] switch { "when" or "debounce" => "when", "if" => "if", "then" => PlaceOf(trigger, rest), _ => "" }, problem.Words);
        return rest switch
        {
            "when.stages" => finding with { Fixes = Stages(document, trigger) },
            "id" when problem.Code == FunnelService.IdTaken => finding with { Fixes = [OtherId(document, trigger, taken)] },
            "if.text" when problem.UnknownPath is { } unknown => finding with { Fixes = Meant(trigger, unknown, draft.Directory) },
            _ => finding,
        };
    }

    private static IReadOnlyList<Fix> Meant(FunnelTrigger trigger, string unknown, CrmDirectory? directory) =>
        trigger.If is { } condition && MeantField.PathOf(unknown, directory) is { } field
            ? [Fix.Of(trigger, trigger with { If = condition with { Text = FormulaNames.Replace(condition.Text, unknown, field) } }, $"Заменить на [{field}]", $"Use [{field}]")]
            : [];

    private static Fix OtherId(FunnelDocument document, FunnelTrigger trigger, IReadOnlySet<string> taken)
    {
        var id = document.IdFor(trigger.Id, taken);
        var at = document.Triggers.TakeWhile(one => one.Id != trigger.Id).Count();
        return new(new("Дать карточке свой идентификатор", "Give the card an id of its own"), new(new(ChangeNames.Fixed, [trigger.Name]),
            [new(trigger.Id, FunnelJson.ToJson(trigger), null, at), new(id, null, FunnelJson.ToJson(trigger with { Id = id }), at)]));
    }

    private static IReadOnlyList<Fix> Stages(FunnelDocument document, FunnelTrigger trigger)
    {
        var known = trigger.When.Stages.Where(stage => document.Stages.Any(one => one.Ref == stage)).ToList();
        return known.Count == 0 || known.Count == trigger.When.Stages.Count ? [] : [Fix.Of(trigger, trigger with { When = trigger.When with { Stages = known } }, "Убрать этап, которого нет", "Leave out the stage that is not there")];
    }

    /// <summary><c>then/{activity}/{input}</c> of a path into the workflow.</summary>
    private static string PlaceOf(FunnelTrigger trigger, string rest)
    {
        var path = rest.Length > "then.".Length ? rest["then.".Length..] : "";
        var input = "";
        while (path.Length > 0)
        {
            if (Select(trigger.Then, path) is JObject node && node["type"] is not null && (string?)node["id"] is { } id) return $"then/{id}/{input}";
            var cut = path.LastIndexOfAny(['.', '[']);
            if (cut < 0) break;
            input = path[(cut + 1)..].TrimEnd(']');
            path = path[..cut];
        }

        return "then";
    }

    private static JToken? Select(JObject? then, string path)
    {
        try
        {
            return then?.SelectToken(path);
        }
        catch (Newtonsoft.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Triggers of the other funnels on this CRM that move deals: they may close a circle with the draft's.</summary>
    private async Task<IReadOnlyList<(string, FunnelTrigger)>> OthersAsync(AccountId account, Guid funnelId, ConnectionId connection, FunnelDocument document, CancellationToken cancellationToken)
    {
        // Without a step that moves deals in this draft there is no circle through it.
        if (!document.Triggers.Any(trigger => Step.Doing(trigger).Any(step => step.Type == "Crm.ChangeStage"))) return [];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var others = await db.Funnels.AsNoTracking().Where(row => row.AccountId == account.Value && row.Id != funnelId && row.ConnectionId == connection.Value && row.PublishedVersion != null).Select(row => new { row.Id, row.Name, row.PublishedVersion }).ToListAsync(cancellationToken);
        var found = new List<(string, FunnelTrigger)>();
        foreach (var other in others)
            found.AddRange((await documents.PublishedAsync(other.Id, other.PublishedVersion!.Value, () => funnels.ExportAsync(account, other.Id, other.PublishedVersion, cancellationToken))).Triggers.Where(trigger => Step.Doing(trigger).Any(step => step.Type == "Crm.ChangeStage")).Select(trigger => (other.Name, trigger)));
        return found;
    }
}
