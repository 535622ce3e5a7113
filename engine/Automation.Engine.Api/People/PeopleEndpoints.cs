using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.People;

/// <summary>Signing in with a password, users, invitations.</summary>
internal static class PeopleEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/sign-in", SignInAsync).Needs(Permissions.None).WithSummary("Opens a browser session by login and password; needs nobody signed in").Accepts<SignInRequest>("application/json").Produces(204).ProducesProblem(401).ProducesProblem(429);
        api.MapPost("/join", JoinAsync).Needs(Permissions.None).WithSummary("Makes a user, or a new password, by the token of a link and opens a browser session; needs nobody signed in").Accepts<JoinRequest>("application/json").Produces(204).ProducesProblem(404).ProducesProblem(409);
        api.MapPut("/session/profile", RenameAsync).Needs(Permissions.Read).WithSummary("One's own name").Accepts<ProfileChange>("application/json").Produces(204).ProducesProblem(409);
        api.MapPut("/session/password", ChangePasswordAsync).Needs(Permissions.Read).WithSummary("One's own password; every session of the user ends, this one too").Accepts<PasswordChange>("application/json").Produces(204).ProducesProblem(403);
        api.MapGet("/users", ListAsync).Needs(Permissions.Manage).WithSummary("The people of the account").Produces<PageView<UserView>>();
        api.MapPut("/users/{id}", ChangeAsync).Needs(Permissions.Manage).WithSummary("Another name or role; another role ends the user's sessions").Accepts<UserChange>("application/json").Produces<UserView>().ProducesProblem(409);
        api.MapDelete("/users/{id}", RemoveAsync).Needs(Permissions.Manage).WithSummary("Removes a user with his sessions and open invitations; the last administrator stays").Produces(204).ProducesProblem(409);
        api.MapPost("/users/admin-link", AddAdminLinkAsync).Needs(Permissions.Manage).WithSummary("A link that makes an administrator, once, within 24 hours; earlier ones end").Produces<NewLinkView>(201);
        api.MapPost("/users/{id}/password-link", AddPasswordLinkAsync).Needs(Permissions.Manage).WithSummary("A link by which a user sets a new password, once, within 24 hours").Produces<NewLinkView>(201);
        api.MapGet("/invitations", InvitationsAsync).Needs(Permissions.Manage).WithSummary("Invitations that nobody used yet; never their links").Produces<PageView<InvitationView>>();
        api.MapPost("/invitations", InviteAsync).Needs(Permissions.Manage).WithSummary("A link that makes a user of a role, once, within 7 days; it is shown once").Accepts<InvitationRequest>("application/json").Produces<NewLinkView>(201);
        api.MapDelete("/invitations/{id}", TakeBackAsync).Needs(Permissions.Manage).WithSummary("Takes an invitation back").Produces(204);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, PasswordSignIn signIn)
    {
        var body = await ApiJson.ReadAsync<SignInRequest>(context.Request, context.RequestAborted);
        return await signIn.SignInAsync(context, body.Login, body.Password) is { } refusal ? new ProblemResult(refusal) : Results.NoContent();
    }

    private static async Task<IResult> JoinAsync(HttpContext context, Joining joining)
    {
        await joining.JoinAsync(context, await ApiJson.ReadAsync<JoinRequest>(context.Request, context.RequestAborted));
        return Results.NoContent();
    }

    private static async Task<IResult> RenameAsync(HttpContext context, UserDirectory users)
    {
        var body = await ApiJson.ReadAsync<ProfileChange>(context.Request, context.RequestAborted);
        var own = await users.OwnAsync(context.Caller());
        await users.ChangeAsync(context.Caller(), own.Id, PeopleRules.Name(body.Name), null, context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext context, UserDirectory users)
    {
        var body = await ApiJson.ReadAsync<PasswordChange>(context.Request, context.RequestAborted);
        await users.ChangePasswordAsync(context.Caller(), body.Current ?? "", body.Password ?? "", context.RequestAborted);
        context.Response.Cookies.Delete(SessionCookie.Name);
        return Results.NoContent();
    }

    private static async Task<IResult> ListAsync(HttpContext context, UserDirectory users) =>
        new JsonAnswer(new PageView<UserView>(await users.ListAsync(context.Caller(), context.RequestAborted), null));

    private static async Task<IResult> ChangeAsync(HttpContext context, string id, UserDirectory users)
    {
        var body = await ApiJson.ReadAsync<UserChange>(context.Request, context.RequestAborted);
        if (body is { Name: null, Role: null }) throw ApiProblem.BadRequest("payload_invalid", "Nothing is named that could be changed: name, role.");
        var (name, role) = (body.Name is null ? null : PeopleRules.Name(body.Name), body.Role is null ? null : PeopleRules.Role(body.Role));
        return new JsonAnswer(await users.ChangeAsync(context.Caller(), Paging.Id(id), name, role, context.RequestAborted));
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string id, UserDirectory users)
    {
        await users.RemoveAsync(context.Caller(), Paging.Id(id), context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> AddAdminLinkAsync(HttpContext context, ApiKeyService keys, ILogger<UserDirectory> logger)
    {
        var (id, token, until) = await keys.AddFirstLinkAsync(context.Account(), context.RequestAborted);
        logger.LinkMade(context.Caller().Name, Roles.Admin);
        return new JsonAnswer(new NewLinkView(id, Roles.Admin, $"/first/{token}", until), 201);
    }

    private static async Task<IResult> AddPasswordLinkAsync(HttpContext context, string id, UserDirectory users)
    {
        var (link, token, until, role) = await users.AddPasswordLinkAsync(context.Caller(), Paging.Id(id), context.RequestAborted);
        return new JsonAnswer(new NewLinkView(link, role, $"/reset/{token}", until), 201);
    }

    private static async Task<IResult> InvitationsAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, TimeProvider clock)
    {
        var (account, now) = (context.Account().Value, clock.GetUtcNow());
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var open = await db.ApiKeys.AsNoTracking().Where(row => row.AccountId == account && row.Kind == ApiKeyKinds.Invite && row.ExpiresAt > now).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
            .Select(row => new InvitationView(row.Id, row.Name, row.Role, row.CreatedAt, row.ExpiresAt!.Value)).ToListAsync(context.RequestAborted);
        return new JsonAnswer(new PageView<InvitationView>(open, null));
    }

    private static async Task<IResult> InviteAsync(HttpContext context, ApiKeyService keys, ILogger<UserDirectory> logger)
    {
        var body = await ApiJson.ReadAsync<InvitationRequest>(context.Request, context.RequestAborted);
        var (name, role) = (string.IsNullOrWhiteSpace(body.Name) ? "" : PeopleRules.Name(body.Name), PeopleRules.Role(body.Role ?? Roles.Viewer));
        var (id, token, until) = await keys.AddInvitationAsync(context.Caller(), name, role, context.RequestAborted);
        logger.LinkMade(context.Caller().Name, role);
        return new JsonAnswer(new NewLinkView(id, role, $"/invite/{token}", until), 201);
    }

    private static async Task<IResult> TakeBackAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts)
    {
        var (account, invitation) = (context.Account().Value, Paging.Id(id));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var gone = await db.ApiKeys.Where(row => row.AccountId == account && row.Kind == ApiKeyKinds.Invite && row.Id == invitation).ExecuteDeleteAsync(context.RequestAborted);
        return gone == 1 ? Results.NoContent() : throw ApiProblem.NotFound("There is no such invitation.");
    }
}
