using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>A ready-made set of triggers, as it would be in a funnel.</summary>
/// <param name="Missing">Kinds of connection that it needs and the account does not have.</param>
/// <param name="Triggers">As they would be added: each a trigger of a funnel document.</param>
public sealed record TemplateView(string Id, string Name, string Description, IReadOnlyList<string> Missing, IReadOnlyList<JObject> Triggers);

internal static class TemplateEndpoints
{
    private static readonly Dictionary<string, string[]> Kinds = new(StringComparer.Ordinal) { ["sms"] = ["smsc"], ["booking"] = ["klientiks"], ["email"] = ["email"] };

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/funnels/{idOrSlug}/templates", ListAsync).WithSummary("Ready-made sets of triggers, as they would be in this funnel; add them with a change of the draft").Produces<PageView<TemplateView>>();

    private static async Task<IResult> ListAsync(HttpContext context, string idOrSlug, FunnelReads reads, TemplateCatalog templates, AccountDirectory accounts, IDbContextFactory<AutomationDbContext> contexts, string? lang)
    {
        var account = context.Account();
        var funnel = FunnelJson.Read((await reads.FindAsync(account, idOrSlug, context.RequestAborted)).Draft);
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var connected = await db.Connections.Where(row => row.AccountId == account.Value).Select(row => row.Kind).Distinct().ToListAsync(context.RequestAborted);
        return new JsonAnswer(new PageView<TemplateView>(
            [.. templates.All.Select(one => new TemplateView(one.Id, one.Name.In(english), one.Description.In(english), [.. one.Needs.Where(need => !Kinds[need].Any(connected.Contains))], [.. TemplateCatalog.For(one, funnel, english).Select(FunnelJson.ToJson)]))], null));
    }
}
