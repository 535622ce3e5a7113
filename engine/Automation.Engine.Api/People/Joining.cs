using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.People;

/// <summary>What a link offers.</summary>
/// <param name="Kind">first: an administrator, made from the machine; invite: a user whom an administrator asks in; reset: a new password.</param>
/// <param name="Name">Whom it was made for, empty where nobody said; for a new password the login.</param>
public sealed record JoinOffer(string Kind, string Role, string Name);

/// <param name="Login">Not needed for a new password, as the name.</param>
/// <param name="Language">ru or en; null for the account's.</param>
public sealed record JoinRequest(string? Token, string? Login, string? Name, string? Password, string? Language);

/// <summary>Makes users of the links <c>/first/{token}</c> and <c>/invite/{token}</c>, and passwords of <c>/reset/{token}</c>: each once, and in time.</summary>
public sealed class Joining(
    UserManager<UserRow> users, IDbContextFactory<AutomationDbContext> contexts, ApiKeyService keys, IIdSource ids, TimeProvider clock, ILogger<Joining> logger)
{
    /// <summary>How long an invitation holds.</summary>
    public static readonly TimeSpan InvitationLife = TimeSpan.FromDays(7);

    /// <summary>How long a link for an administrator or for a new password holds.</summary>
    public static readonly TimeSpan FirstLife = TimeSpan.FromHours(24);

    /// <summary>What the link offers; null when it is unknown, used or over.</summary>
    public async Task<JoinOffer?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await RowAsync(db, token, cancellationToken) is { } row ? new(row.Kind, row.Role, row.Kind == ApiKeyKinds.First ? "" : row.Name) : null;
    }

    /// <summary>Makes the user and opens a session in the browser that asks. A refusal leaves the link as it was.</summary>
    /// <exception cref="ProblemException">400 <c>login_invalid</c>, <c>name_invalid</c>, <c>password_weak</c>; 404 <c>link_invalid</c>; 409 <c>login_taken</c>.</exception>
    public async Task JoinAsync(HttpContext context, JoinRequest request)
    {
        var cancellationToken = context.RequestAborted;
        ApiKeyRow? link;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken)) link = await RowAsync(db, request.Token, cancellationToken);
        if (link is null) throw Over(context);
        var user = link.Kind == ApiKeyKinds.Reset ? await RenewAsync(context, link, request.Password ?? "", cancellationToken) : await AddAsync(context, link, await DraftAsync(request), cancellationToken);
        SessionCookie.Set(context, await keys.OpenSessionAsync(user, cancellationToken));
    }

    private async Task<UserRow> RenewAsync(HttpContext context, ApiKeyRow link, string password, CancellationToken cancellationToken)
    {
        if (await users.FindByIdAsync(link.IssuedBy.ToString()!) is not { } known) throw Over(context);
        if (!await IsStrongAsync(users, known, password)) throw PeopleRules.WeakPassword();
        var hash = users.PasswordHasher.HashPassword(known, password);
        UserRow user;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (!await TakeAsync(db, link, cancellationToken) || await db.Users.FirstOrDefaultAsync(row => row.Id == known.Id, cancellationToken) is not { } found) throw Over(context);
            user = found;
            (user.PasswordHash, user.SecurityStamp, user.AccessFailedCount, user.LockedUntil) = (hash, Tokens.New(), 0, null);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await keys.EndSessionsAsync(new(user.AccountId), user.Id, cancellationToken);
        logger.UserChanged(user.Name, user.Id, "password, by a link");
        return user;
    }

    /// <summary>The user without account and role. Its hash is made here, before the store is held.</summary>
    private async Task<UserRow> DraftAsync(JoinRequest request)
    {
        var (login, name, password) = (PeopleRules.Login(request.Login), PeopleRules.Name(request.Name), request.Password ?? "");
        var user = new UserRow
        {
            Id = ids.NewId(),
            Login = login,
            NormalizedLogin = users.NormalizeName(login)!,
            Name = name,
            SecurityStamp = Tokens.New(),
            Role = "",
            Language = request.Language is "ru" or "en" ? request.Language : null,
            CreatedAt = clock.GetUtcNow(),
            SignedInAt = clock.GetUtcNow(),
        };
        if (!await IsStrongAsync(users, user, password)) throw PeopleRules.WeakPassword();
        if (await users.FindByNameAsync(login) is not null) throw Taken();
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        return user;
    }

    internal static async Task<bool> IsStrongAsync(UserManager<UserRow> users, UserRow user, string password)
    {
        if (password.Length > PeopleRules.LongestPassword || string.Equals(password, user.Login, StringComparison.OrdinalIgnoreCase)) return false;
        foreach (var validator in users.PasswordValidators)
            if (!(await validator.ValidateAsync(users, user, password)).Succeeded) return false;
        return true;
    }

    private async Task<UserRow> AddAsync(HttpContext context, ApiKeyRow link, UserRow user, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await TakeAsync(db, link, cancellationToken)) throw Over(context);
        if (link.Role == Roles.Admin) await db.ApiKeys.Where(row => row.AccountId == link.AccountId && row.Kind == ApiKeyKinds.First).ExecuteDeleteAsync(cancellationToken);
        (user.AccountId, user.Role) = (link.AccountId, link.Role);
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            await transaction.RollbackAsync(cancellationToken);
            if (await users.FindByNameAsync(user.Login) is null) throw;
            throw Taken();
        }

        await transaction.CommitAsync(cancellationToken);
        logger.UserJoined(user.Id, link.Role, link.Kind);
        return user;
    }

    /// <summary>Of two that open the link together one deletes the row, and only that one goes on.</summary>
    private static async Task<bool> TakeAsync(AutomationDbContext db, ApiKeyRow link, CancellationToken cancellationToken) =>
        await db.ApiKeys.Where(row => row.Id == link.Id).ExecuteDeleteAsync(cancellationToken) == 1;

    private async Task<ApiKeyRow?> RowAsync(AutomationDbContext db, string? token, CancellationToken cancellationToken)
    {
        if (!Tokens.IsPlausible(token)) return null;
        var (hash, now) = (Tokens.Hash(token!), clock.GetUtcNow());
        var row = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(one => one.Hash == hash && (one.Kind == ApiKeyKinds.First || one.Kind == ApiKeyKinds.Invite || one.Kind == ApiKeyKinds.Reset), cancellationToken);
        return row is null || row.ExpiresAt <= now ? null : row;
    }

    private ProblemException Over(HttpContext context)
    {
        logger.SignInRefused(context.Connection.RemoteIpAddress?.ToString() ?? "-", "link_invalid");
        return new(new(404, "link_invalid", "This link was used already, or its time is over. Ask for a new one."));
    }

    private static ProblemException Taken() => PeopleRules.Refused(409, "login", "login_taken", "Somebody has this login already. Take another one.");
}
