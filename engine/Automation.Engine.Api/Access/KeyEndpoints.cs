using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Access;

/// <param name="Role">viewer, editor, publisher, operator, admin.</param>
public sealed record KeyView(Guid Id, string Name, string Role, DateTimeOffset CreatedAt);

/// <param name="Key">Shown this once.</param>
public sealed record NewKeyView(Guid Id, string Name, string Role, string Key);

/// <param name="Name">Whose it is; it stands in the journal beside what was done with it.</param>
/// <param name="Role">Default viewer.</param>
public sealed record NewKeyRequest(string? Name, string? Role);

/// <summary>The account's API keys.</summary>
internal static class KeyEndpoints
{
    private const int LongestName = 100;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/keys", ListAsync).Needs(Permissions.Manage).WithSummary("API keys with their roles; never the keys themselves").Produces<PageView<KeyView>>();
        api.MapPost("/keys", AddAsync).Needs(Permissions.Manage).WithSummary("Makes an API key for a role and shows it once").Accepts<NewKeyRequest>("application/json").Produces<NewKeyView>(201);
        api.MapDelete("/keys/{id}", RemoveAsync).Needs(Permissions.Manage).WithSummary("Takes an API key away, with every session that was opened by it").Produces(204).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        var account = context.Account().Value;
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var keys = await db.ApiKeys.AsNoTracking().Where(row => row.AccountId == account && row.Kind == ApiKeyKinds.Key).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
            .Select(row => new KeyView(row.Id, row.Name, row.Role, row.CreatedAt)).ToListAsync(context.RequestAborted);
        return new JsonAnswer(new PageView<KeyView>(keys, null));
    }

    private static async Task<IResult> AddAsync(HttpContext context, ApiKeyService keys)
    {
        var body = await ApiJson.ReadAsync<NewKeyRequest>(context.Request, context.RequestAborted);
        if (body.Name?.Trim() is not { Length: > 0 and <= LongestName } name) throw ApiProblem.BadRequest("payload_invalid", $"Say whose key it is: name, up to {LongestName} characters.");
        var role = body.Role ?? Roles.Viewer;
        if (!Roles.All.Contains(role)) throw ApiProblem.BadRequest("payload_invalid", $"There is no role '{role}'. There are: {string.Join(", ", Roles.All)}.");
        var (id, key) = await keys.AddKeyAsync(context.Account(), name, role, context.RequestAborted);
        return new JsonAnswer(new NewKeyView(id, name, role, key), 201);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string id, ApiKeyService keys) => await keys.RemoveKeyAsync(context.Account(), Paging.Id(id), context.RequestAborted) switch
    {
        KeyRemoval.Removed => Results.NoContent(),
        KeyRemoval.LastAdmin => throw new ProblemException(new(409, "last_admin_key", "This is the last key that may do everything. Make another one first.")),
        _ => throw ApiProblem.NotFound("There is no such key."),
    };
}
