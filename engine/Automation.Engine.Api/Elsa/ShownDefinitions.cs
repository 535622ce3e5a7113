using Automation.Engine.Api.Access;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Definitions as Studio is shown them: those of a funnel begin with their trigger, in words of the caller's language.</summary>
internal sealed class ShownDefinitions(
    WorkingCopies copies, AccountActivityCatalog catalog, IDbContextFactory<AutomationDbContext> contexts, TriggerWords words, CrmDirectoryCache directories, AccountDirectory accounts)
{
    private const int MostVersions = 200;

    public async Task<JObject> WholeAsync(HttpContext context, DefinitionRow row) => await WholeAsync(context, row, await catalog.ReadAsync(context.Account(), context.RequestAborted));

    public async Task<JObject> WholeAsync(HttpContext context, DefinitionRow row, AccountActivities activities)
    {
        var view = DefinitionViews.Whole(row, await DocumentAsync(context, row), activities, context.Caller());
        // A working copy is never published itself: its funnel is.
        if (WorkingCopies.Is(row.DefinitionId)) view["isPublished"] = await copies.IsPublishedAsync(context.Account(), row.DefinitionId, context.RequestAborted);
        return view;
    }

    /// <summary>Its document, before it is made ready for Studio.</summary>
    public async Task<JObject> DocumentAsync(HttpContext context, DefinitionRow row)
    {
        var document = ApiJson.Parse(row.Document);
        if (row.FunnelId is not { } funnel) return document;
        if (!WorkingCopies.Is(row.DefinitionId)) return await StartAsync(context, funnel, row.VersionId) is { } start ? FunnelStart.Shown(document, start) : document;
        return await copies.FindAsync(context.Account(), row.DefinitionId, context.RequestAborted) is { } copy
            ? FunnelStart.Shown(document, await StartAsync(context, copy.Trigger, FunnelJson.Read(copy.Funnel.Draft), copy.Funnel, knows: true))
            : FunnelStart.Bare(document);
    }

    /// <summary>The trigger that pins the version; null when its funnel is gone.</summary>
    private async Task<JObject?> StartAsync(HttpContext context, Guid funnelId, string versionId)
    {
        var account = context.Account();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        if (await db.Funnels.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.Id == funnelId, context.RequestAborted) is not { } funnel) return null;
        var versions = await db.FunnelVersions.AsNoTracking().Where(row => row.AccountId == account.Value && row.FunnelId == funnelId && row.Document.Contains(versionId))
            .OrderByDescending(row => row.Version).Take(MostVersions).Select(row => row.Document).ToListAsync(context.RequestAborted);
        var pinning = versions.Select(FunnelJson.Read).Select(document => (Document: document, Trigger: document.Triggers.FirstOrDefault(trigger => trigger.DefinitionVersionId == versionId))).Where(one => one.Trigger is not null).ToList();
        if (pinning is not [var latest, ..]) return null;
        return await StartAsync(context, latest.Trigger!, latest.Document, funnel, pinning.All(one => Rule(one.Trigger!) == Rule(latest.Trigger!)));
    }

    /// <param name="knows">One rule started the workflow all the time.</param>
    private async Task<JObject> StartAsync(HttpContext context, FunnelTrigger trigger, FunnelDocument document, FunnelRow funnel, bool knows)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, null);
        var view = words.View(document.Slug, trigger, document, await directories.GetAsync(new(funnel.ConnectionId), context.RequestAborted), null, english);
        var start = new JObject
        {
            ["name"] = "Trigger1",
            ["type"] = TriggerStart.TypeName,
            ["version"] = 1,
            ["customProperties"] = new JObject { ["canStartWorkflow"] = true },
            ["metadata"] = new JObject { ["displayText"] = trigger.Name, ["description"] = knows ? TriggerWords.Rule(view, english) : Changed(english), ["showDescription"] = true },
        };
        if (!knows) return start;
        start["when"] = Text(view.When);
        if (view.Stages.Count > 0) start["stages"] = Text(string.Join(", ", view.Stages));
        if (view.Condition is { } condition) start["condition"] = Text(condition);
        return start;
    }

    private static string Rule(FunnelTrigger trigger) => $"{FunnelJson.ToJson(trigger.When)}{trigger.If}";

    private static string Changed(bool english) => english
        ? "When and under what condition it starts was changed while the workflow stayed. What held for a run, its journal says."
        : "Когда и при каком условии он запускается, меняли, а сам сценарий — нет. Что действовало при запуске, сказано в журнале.";

    private static JObject Text(string text) => new() { ["typeName"] = "String", ["expression"] = new JObject { ["type"] = "Literal", ["value"] = text } };
}
