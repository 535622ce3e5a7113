using Automation.Engine.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Access;

/// <param name="Language">ru or en; null for the account's.</param>
/// <param name="Theme">light or dark; null for the browser's.</param>
/// <param name="Login">Null where no user is signed in.</param>
internal sealed record OwnPreferences(string? Language, string? Theme, string? Login);

/// <summary>How the pages look to who is signed in: kept with the user, or with the session of a key.</summary>
internal sealed class Preferences(IDbContextFactory<AutomationDbContext> contexts, ApiKeyService keys)
{
    public async Task<OwnPreferences> OfAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var found = caller.User is { } user
            ? await db.Users.AsNoTracking().Where(row => row.Id == user).Select(row => new OwnPreferences(row.Language, row.Theme, row.Login)).FirstOrDefaultAsync(cancellationToken)
            : await db.ApiKeys.AsNoTracking().Where(row => row.Id == caller.Id).Select(row => new OwnPreferences(row.Language, row.Theme, null)).FirstOrDefaultAsync(cancellationToken);
        return found ?? new(null, null, null);
    }

    public async Task ChangeAsync(Caller caller, PreferenceChange change, CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (caller.User is { } id && await db.Users.FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is { } user) (user.Language, user.Theme) = (change.Language ?? user.Language, change.Theme ?? user.Theme);
            else if (await db.ApiKeys.FirstOrDefaultAsync(row => row.Id == caller.Id, cancellationToken) is { } session) (session.Language, session.Theme) = (change.Language ?? session.Language, change.Theme ?? session.Theme);
            await db.SaveChangesAsync(cancellationToken);
        }

        keys.Forget(caller.Account.Value);
    }
}
