using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Messages;

/// <summary>A funnel, or a workflow of no funnel, a step of which sends a template.</summary>
/// <param name="Kind"><c>funnel</c> or <c>workflow</c>.</param>
/// <param name="Key">The funnel's short name; the workflow's id.</param>
public sealed record MessageTemplateUser(string Kind, string Key, string Name);

/// <summary>Where steps name message templates. What an expression names is not known before it runs.</summary>
public sealed class MessageTemplateUses(IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog funnels)
{
    /// <summary>The input that names one.</summary>
    public const string Input = "template";

    private static readonly HashSet<string> Senders = new(StringComparer.Ordinal) { "Crm.SendSms", "Crm.SendEmail" };

    /// <summary>Funnels that use it in what is published or in the draft, and workflows of which the published or the latest version does.</summary>
    public async Task<IReadOnlyList<MessageTemplateUser>> OfAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        var published = (await funnels.PublishedAsync(account)).Where(funnel => funnel.Triggers.Any(trigger => Uses(trigger.Workflow.Definition.Document, name))).Select(funnel => funnel.Document.Slug).ToHashSet(StringComparer.Ordinal);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var users = new List<MessageTemplateUser>();
        foreach (var funnel in await context.Funnels.AsNoTracking().Where(row => row.AccountId == account.Value).OrderBy(row => row.Name).Select(row => new { row.Slug, row.Name, row.Draft }).ToListAsync(cancellationToken))
            if (published.Contains(funnel.Slug) || FunnelJson.Read(funnel.Draft).Triggers.Any(trigger => Uses(trigger.Then, name))) users.Add(new("funnel", funnel.Slug, funnel.Name));
        var own = context.Definitions.AsNoTracking().Where(row => row.AccountId == account.Value && row.FunnelId == null && (row.IsPublished || row.IsLatest));
        foreach (var workflow in await own.OrderBy(row => row.Name).Select(row => new { row.DefinitionId, row.Name, row.Document }).ToListAsync(cancellationToken))
            if (Uses(RunJson.Parse(workflow.Document), name)) users.Add(new("workflow", workflow.DefinitionId, workflow.Name ?? workflow.DefinitionId));
        return [.. users.DistinctBy(user => (user.Kind, user.Key))];
    }

    /// <summary>Steps of a workflow that name a template, with what they name.</summary>
    internal static IEnumerable<(Step Step, string Name)> In(JObject? workflow) =>
        Step.Of(workflow).Where(step => Senders.Contains(step.Type)).Select(step => (step, step.Literal(Input))).Where(one => one.Item2 is not null)!;

    private static bool Uses(JObject? workflow, string name) => In(workflow).Any(one => one.Name == name);
}
