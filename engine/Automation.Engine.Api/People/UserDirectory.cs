using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.People;

/// <summary>The users of an account. Whoever changes in role or password, or goes, has no session any more; the last administrator stays.</summary>
internal sealed class UserDirectory(
    UserManager<UserRow> users, PasswordSignIn signIn, IDbContextFactory<AutomationDbContext> contexts, ApiKeyService keys, TimeProvider clock, ILogger<UserDirectory> logger)
{
    public async Task<IReadOnlyList<UserView>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Users.AsNoTracking().Where(row => row.AccountId == caller.Account.Value).OrderBy(row => row.Name).ThenBy(row => row.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(row => View(row, caller))];
    }

    /// <summary>Another role, another name: what is null stays.</summary>
    /// <exception cref="ProblemException">404; 409 <c>last_admin</c>.</exception>
    public async Task<UserView> ChangeAsync(Caller caller, Guid id, string? name, string? role, CancellationToken cancellationToken)
    {
        UserRow user;
        bool ends;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        await using (var transaction = await BeginAsync(db, caller.Account, cancellationToken))
        {
            user = await FindAsync(db, caller.Account, id, cancellationToken);
            ends = role is not null && role != user.Role;
            if (ends && user.Role == Roles.Admin) await KeepAnAdminAsync(db, user, cancellationToken);
            (user.Name, user.Role) = (name ?? user.Name, role ?? user.Role);
            if (ends) user.SecurityStamp = Tokens.New();
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        if (ends) await keys.EndSessionsAsync(caller.Account, id, cancellationToken);
        else keys.Forget(caller.Account.Value);
        logger.UserChanged(caller.Name, id, ends ? $"role {user.Role}" : "name");
        return View(user, caller);
    }

    /// <exception cref="ProblemException">404; 409 <c>last_admin</c>.</exception>
    public async Task RemoveAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        await using (var transaction = await BeginAsync(db, caller.Account, cancellationToken))
        {
            var user = await FindAsync(db, caller.Account, id, cancellationToken);
            if (user.Role == Roles.Admin) await KeepAnAdminAsync(db, user, cancellationToken);
            db.Users.Remove(user);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // With the invitations that he gave and nobody used.
        await keys.RevokeAsync(caller.Account, id, cancellationToken);
        logger.UserChanged(caller.Name, id, "removed");
    }

    /// <summary>For who has forgotten his password; the present one holds until the link is used.</summary>
    /// <exception cref="ProblemException">404.</exception>
    public async Task<(Guid Id, string Token, DateTimeOffset ExpiresAt, string Role)> AddPasswordLinkAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var user = await FindAsync(db, caller.Account, id, cancellationToken);
        var (link, token, until) = await keys.AddResetLinkAsync(user, cancellationToken);
        logger.UserChanged(caller.Name, id, "link for a new password");
        return (link, token, until, user.Role);
    }

    /// <summary>One's own password: every session ends, this one too.</summary>
    /// <exception cref="ProblemException">400 <c>password_weak</c>; 403 <c>password_wrong</c>; 409 <c>no_user</c>.</exception>
    public async Task ChangePasswordAsync(Caller caller, string current, string next, CancellationToken cancellationToken)
    {
        var user = await OwnAsync(caller);
        if (!await signIn.IsRightAsync(user, current, cancellationToken)) throw PeopleRules.Refused(403, "current", "password_wrong", "The present password is wrong. After five wrong tries it is not looked at for 15 minutes.");
        if (!await Joining.IsStrongAsync(users, user, next)) throw PeopleRules.WeakPassword();
        var changed = await users.ChangePasswordAsync(user, current, next);
        if (!changed.Succeeded) throw PeopleRules.WeakPassword();
        await keys.EndSessionsAsync(caller.Account, user.Id, cancellationToken);
        logger.UserChanged(caller.Name, user.Id, "password");
    }

    /// <summary>The user that asks.</summary>
    /// <exception cref="ProblemException">409 <c>no_user</c>: it is a key.</exception>
    public async Task<UserRow> OwnAsync(Caller caller) =>
        caller.User is { } id && await users.FindByIdAsync(id.ToString()) is { } user ? user : throw ApiProblem.Conflict("no_user", "An access key is signed in here, not a person.");

    private UserView View(UserRow row, Caller caller) =>
        new(row.Id, row.Login, row.Name, row.Role, row.Id == caller.User, row.LockedUntil > clock.GetUtcNow() ? row.LockedUntil : null, row.CreatedAt, row.SignedInAt);

    /// <summary>Holds the account's administrators: of two who remove one another, the second sees what the first did.</summary>
    private static async Task<IDbContextTransaction> BeginAsync(AutomationDbContext db, AccountId account, CancellationToken cancellationToken)
    {
        var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Users.Where(row => row.AccountId == account.Value && row.Role == Roles.Admin).ExecuteUpdateAsync(update => update.SetProperty(row => row.AccessFailedCount, row => row.AccessFailedCount), cancellationToken);
        return transaction;
    }

    private static async Task<UserRow> FindAsync(AutomationDbContext db, AccountId account, Guid id, CancellationToken cancellationToken) =>
        await db.Users.FirstOrDefaultAsync(row => row.AccountId == account.Value && row.Id == id, cancellationToken) ?? throw ApiProblem.NotFound("There is no such user.");

    private static async Task KeepAnAdminAsync(AutomationDbContext db, UserRow going, CancellationToken cancellationToken)
    {
        if (!await db.Users.AnyAsync(row => row.AccountId == going.AccountId && row.Role == Roles.Admin && row.Id != going.Id, cancellationToken))
            throw ApiProblem.Conflict("last_admin", "This is the last administrator. Make another one first.");
    }
}
