using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.People;

/// <summary>
/// Lets people in by login and password. A try is counted before it is looked at, so that many at once are no more than many in turn; the
/// fifth wrong one closes the login for 15 minutes. Wrong, unknown and closed are answered alike, and after the same time.
/// </summary>
public sealed class PasswordSignIn(
    UserManager<UserRow> users, IDbContextFactory<AutomationDbContext> contexts, ApiKeyService keys, AttemptGate attempts, TimeProvider clock, ILogger<PasswordSignIn> logger)
{
    /// <summary>Wrong passwords that close a login.</summary>
    public const int Tries = 5;

    /// <summary>For how long they do.</summary>
    public static readonly TimeSpan ClosedFor = TimeSpan.FromMinutes(15);

    // Longer than a check takes, with the write of its try.
    private static readonly TimeSpan RefusedAfter = TimeSpan.FromMilliseconds(700);

    // Checking a password costs a tenth of a second of a processor; what is more than this waits.
    private static readonly SemaphoreSlim Checks = new(4, 4);
    private static string? nobody;

    /// <summary>Opens a session in the browser that asks.</summary>
    /// <returns>Null when it did, else the refusal: 401 <c>sign_in_refused</c>, 429 <c>too_many_attempts</c>.</returns>
    public async Task<Problem?> SignInAsync(HttpContext context, string? login, string? password)
    {
        var (since, cancellationToken) = (clock.GetTimestamp(), context.RequestAborted);
        var user = login?.Trim() is { Length: > 0 and <= PeopleRules.LongestName } name ? await users.FindByNameAsync(name) : null;
        if (!await IsRightAsync(user, password ?? "", cancellationToken) || user is null)
        {
            var left = RefusedAfter - clock.GetElapsedTime(since);
            if (left > TimeSpan.Zero) await Task.Delay(left, clock, cancellationToken);
            return Refusal(context);
        }

        SessionCookie.Set(context, await keys.OpenSessionAsync(user, cancellationToken));
        logger.SignedIn(user.Id, Address(context));
        return null;
    }

    /// <summary>Opens a session for an API key, as <c>POST /api/session</c> does.</summary>
    /// <returns>Null when it did, else the refusal.</returns>
    public async Task<Problem?> SignInAsync(HttpContext context, string? key)
    {
        if (key is null || await keys.FindAsync(key.Trim(), context.RequestAborted) is not { Kind: ApiKeyKinds.Key } caller) return AccessMiddleware.Wrong(context, attempts, logger);
        SessionCookie.Set(context, await keys.OpenSessionAsync(caller, context.RequestAborted));
        return null;
    }

    /// <summary>Checks a password as one try of that user's.</summary>
    /// <param name="user">Null for a login that nobody has: it takes as long.</param>
    internal async Task<bool> IsRightAsync(UserRow? user, string password, CancellationToken cancellationToken)
    {
        var counted = user is not null && await CountAsync(user.Id, cancellationToken);
        await Checks.WaitAsync(cancellationToken);
        try
        {
            if (!Fits(user, password) || !counted) return false;
        }
        finally
        {
            Checks.Release();
        }

        await ForgiveAsync(user!.Id, cancellationToken);
        return true;
    }

    private bool Fits(UserRow? user, string password)
    {
        if (password.Length > PeopleRules.LongestPassword) return false;
        var someone = user ?? new UserRow { Login = "", NormalizedLogin = "", Name = "", SecurityStamp = "", Role = "" };
        nobody ??= users.PasswordHasher.HashPassword(someone, Tokens.New());
        return users.PasswordHasher.VerifyHashedPassword(someone, user?.PasswordHash ?? nobody, password) != PasswordVerificationResult.Failed && user?.PasswordHash is not null;
    }

    /// <summary>Counts a try; false while the login is closed.</summary>
    private async Task<bool> CountAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        DateTimeOffset? until = now + ClosedFor;
        return await db.Users.Where(row => row.Id == user && (row.LockedUntil == null || row.LockedUntil <= now)).ExecuteUpdateAsync(
            update => update.SetProperty(row => row.LockedUntil, row => row.AccessFailedCount + 1 >= Tries ? until : null)
                .SetProperty(row => row.AccessFailedCount, row => row.AccessFailedCount + 1 >= Tries ? 0 : row.AccessFailedCount + 1),
            cancellationToken) == 1;
    }

    private async Task ForgiveAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        DateTimeOffset? now = clock.GetUtcNow();
        await db.Users.Where(row => row.Id == user).ExecuteUpdateAsync(
            update => update.SetProperty(row => row.LockedUntil, (DateTimeOffset?)null).SetProperty(row => row.AccessFailedCount, 0).SetProperty(row => row.SignedInAt, now), cancellationToken);
    }

    private Problem Refusal(HttpContext context)
    {
        var wait = attempts.Wrong(Address(context));
        var problem = wait > 0 ? new Problem(429, "too_many_attempts", "Too many wrong tries. Wait a minute.") { RetryAfter = wait }
            : new(401, "sign_in_refused", "Login or password is wrong. After five wrong tries the sign-in is closed for 15 minutes.");
        logger.SignInRefused(Address(context), problem.Code);
        return problem;
    }

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "-";
}
