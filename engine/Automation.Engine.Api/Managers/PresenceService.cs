using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Managers;

/// <summary>Whom a page of presence belongs to.</summary>
/// <param name="SeenAt">Last sign of presence; null when he said that he is away.</param>
/// <param name="Language">Of the account.</param>
public sealed record PresentManager(string Name, string Account, string Language, DateTimeOffset? SeenAt);

/// <summary>
/// Pages by which managers say that they are here, without a sign-in: the address holds a token of 256 bits, of which only the hash is
/// kept. It opens nothing else.
/// </summary>
public sealed class PresenceService
{
    private readonly IDbContextFactory<AutomationDbContext> contexts;
    private readonly AttemptGate attempts;
    private readonly TimeProvider clock;

    internal PresenceService(IDbContextFactory<AutomationDbContext> contexts, AttemptGate attempts, TimeProvider clock) => (this.contexts, this.attempts, this.clock) = (contexts, attempts, clock);

    /// <summary>Gives a manager a new page; the one before it ends.</summary>
    /// <returns>Its token, which is told this once; null when there is no such manager.</returns>
    public async Task<string?> RenewAsync(AccountId account, ConnectionId connection, string userId, CancellationToken cancellationToken)
    {
        var token = Tokens.New();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var changed = await db.Managers.Where(row => row.AccountId == account.Value && row.ConnectionId == connection.Value && row.UserId == userId)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.HereTokenHash, Tokens.Hash(token)), cancellationToken);
        return changed == 0 ? null : token;
    }

    /// <returns>Null for a token that opens nothing; it counts as a wrong key of the caller's address.</returns>
    public async Task<PresentManager?> FindAsync(HttpContext context, string token)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        return await RowAsync(db, context, token) is { } row ? await ViewAsync(db, row, context.RequestAborted) : null;
    }

    /// <summary>Notes that he is here now, or away.</summary>
    public async Task<PresentManager?> NoteAsync(HttpContext context, string token, bool here)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        if (await RowAsync(db, context, token) is not { } row) return null;
        row.SeenAt = here ? clock.GetUtcNow() : null;
        await db.SaveChangesAsync(context.RequestAborted);
        return await ViewAsync(db, row, context.RequestAborted);
    }

    private async Task<ManagerRow?> RowAsync(AutomationDbContext db, HttpContext context, string token)
    {
        if (Tokens.IsPlausible(token))
        {
            var hash = Tokens.Hash(token);
            if (await db.Managers.FirstOrDefaultAsync(row => row.HereTokenHash == hash && row.Active, context.RequestAborted) is { } row) return row;
        }

        attempts.Wrong(context.Connection.RemoteIpAddress?.ToString() ?? "-");
        return null;
    }

    private static async Task<PresentManager> ViewAsync(AutomationDbContext db, ManagerRow row, CancellationToken cancellationToken)
    {
        var account = await db.Accounts.AsNoTracking().FirstAsync(one => one.Id == row.AccountId, cancellationToken);
        return new(row.Name, account.Name, account.Language, row.SeenAt);
    }
}
