using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Api.Connections;

/// <param name="Hooks">True when it has a hook address; the address itself is not kept.</param>
/// <param name="Secrets">Names of its secrets; values are never given.</param>
public sealed record ConnectionView(
    Guid Id, string Kind, string Name, string? BaseUrl, string? RemoteAccountId, IReadOnlyList<string> AllowedHosts, bool Hooks, IReadOnlyList<string> Secrets,
    DateTimeOffset? DirectoryReadAt, DateTimeOffset CreatedAt);

internal static class ConnectionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/connections", ListAsync).WithSummary("Connected systems, without secrets").Produces<PageView<ConnectionView>>();
        api.MapGet("/connections/{idOrName}/directory", DirectoryAsync).WithSummary("Pipelines, stages, fields and users as last read from the CRM").Produces<CrmDirectory>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        var account = context.Account();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var rows = await db.Connections.AsNoTracking().Where(row => row.AccountId == account.Value).OrderBy(row => row.Name).ToListAsync(context.RequestAborted);
        var secrets = await db.Secrets.Where(row => row.AccountId == account.Value).Select(row => new { row.ConnectionId, row.Name }).ToListAsync(context.RequestAborted);
        return new JsonAnswer(new PageView<ConnectionView>(
        [
            .. rows.Select(row => new ConnectionView(
                row.Id, row.Kind, row.Name, row.BaseUrl, row.RemoteAccountId, JsonConvert.DeserializeObject<List<string>>(row.AllowedHosts) ?? [], row.HookTokenHash is not null,
                [.. secrets.Where(secret => secret.ConnectionId == row.Id).Select(secret => secret.Name).Order(StringComparer.Ordinal)], row.DirectoryReadAt, row.CreatedAt)),
        ], null));
    }

    private static async Task<IResult> DirectoryAsync(HttpContext context, string idOrName, IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await ConnectionFinder.FindAsync(db, context.Account(), idOrName, context.RequestAborted);
        return await directories.GetAsync(new(row.Id), context.RequestAborted) is { } directory ? new JsonAnswer(directory) : throw ApiProblem.NotFound("This connection has no directory.");
    }
}
