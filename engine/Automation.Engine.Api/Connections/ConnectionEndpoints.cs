using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
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

/// <param name="Hooks">What became of hooks at the other side: <c>none</c> had been registered, <c>ended</c>, or <c>left</c>, as the system could not be asked.</param>
public sealed record RemovedConnection(Guid Id, string Name, string Hooks);

internal static class ConnectionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/connections", ListAsync).WithSummary("Connected systems, without secrets").Produces<PageView<ConnectionView>>();
        api.MapGet("/connections/{idOrName}/directory", DirectoryAsync).WithSummary("Pipelines, stages, fields and users as last read from the CRM").Produces<CrmDirectory>();
        api.MapDelete("/connections/{idOrName}", RemoveAsync).Needs(Permissions.Manage)
            .WithSummary("Removes a connection that no funnel needs and through which nothing is open, with its secrets, timers, managers and hooks at the other side; journal and runs stay")
            .Produces<RemovedConnection>().ProducesProblem(404).ProducesProblem(409);
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

    private static async Task<IResult> RemoveAsync(HttpContext context, string idOrName, IDbContextFactory<AutomationDbContext> contexts, ConnectionRemoval removal, AccountDirectory accounts, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await ConnectionFinder.FindAsync(db, context.Account(), idOrName, context.RequestAborted);
        return await removal.RemoveAsync(context.Account(), new(row.Id), context.Caller().Name, context.RequestAborted) switch
        {
            Removal.Done done => new JsonAnswer(new RemovedConnection(row.Id, done.Name, done.Hooks)),
            Removal.InUse used => throw new ProblemException(new(409, "connection_in_use", InUse(row.Name, used.By).In(english))
            {
                Errors = [.. used.By.Select(one => new ProblemPlace($"{one.Kind}s/{one.Key}", "connection_in_use", one.Name))],
            }),
            Removal.Busy busy => throw ApiProblem.Conflict("connection_busy", Busy(row.Name, busy).In(english)),
            _ => throw ApiProblem.NotFound("There is no such connection."),
        };
    }

    private static Wording InUse(string name, IReadOnlyList<ConnectionUser> users)
    {
        var (funnels, workflows) = (Names("funnel"), Names("workflow"));
        var ru = string.Join("; ", Parts(("воронкам", funnels), ("сценариям", workflows)));
        var en = string.Join("; ", Parts(("by funnels", funnels), ("by workflows", workflows)));
        return new($"Подключение «{name}» нужно {ru}. Удалите их или переведите на другое подключение.", $"The connection “{name}” is needed {en}. Remove them, or put them on another connection.");

        string Names(string kind) => string.Join(", ", users.Where(one => one.Kind == kind).Select(one => $"«{one.Name}»"));

        static IEnumerable<string> Parts(params (string Word, string Names)[] parts) => parts.Where(part => part.Names.Length > 0).Select(part => $"{part.Word}: {part.Names}");
    }

    private static Wording Busy(string name, Removal.Busy busy) => new(
        $"По подключению «{name}» ещё не закончено: запусков — {busy.Runs}, действий — {busy.Effects}. Дождитесь конца или отмените их.",
        $"Work through the connection “{name}” is still open: runs {busy.Runs}, actions {busy.Effects}. Wait for its end, or cancel it.");
}
