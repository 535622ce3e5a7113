using System.Security.Cryptography;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api;

/// <summary>API keys, one-time tokens and sessions.</summary>
public sealed class ApiKeyService(IDbContextFactory<AutomationDbContext> contexts, IIdSource ids, TimeProvider clock) : IKeepsInMemory
{
    /// <summary>How long a session lasts.</summary>
    public static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);

    /// <summary>How long a page that holds Studio may speak; it asks anew before that.</summary>
    public static readonly TimeSpan StudioLife = TimeSpan.FromHours(1);

    // A key taken away on another node works there no longer than this, should the notice be lost.
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(15);
    private readonly Kept<TokenHash, (Caller Caller, DateTimeOffset Until)> known = new();

    public IReadOnlyList<string> Tables { get; } = ["api_keys"];

    public void Forget(Guid? account) => known.Forget(account is null ? null : (_, kept) => kept.Caller.Account.Value == account);

    /// <summary>Makes a key of that kind (<see cref="ApiKeyKinds"/>).</summary>
    /// <param name="ttl">Null: it does not expire.</param>
    /// <param name="given">The key itself where the operator sets it; null to draw one.</param>
    /// <returns>The key in the clear; it cannot be read again.</returns>
    /// <exception cref="ArgumentException">The given key is not 16 to 128 Latin letters, digits, '-' and '_'.</exception>
    public async Task<string> CreateAsync(AccountId account, string name, string kind, TimeSpan? ttl, CancellationToken cancellationToken, string? given = null)
    {
        if (given is not null && !Tokens.IsPlausible(given)) throw new ArgumentException("A key takes 16 to 128 Latin letters, digits, '-' and '_'.", nameof(given));
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var key = Add(db, account, name, kind, ttl, given);
        await db.SaveChangesAsync(cancellationToken);
        return key;
    }

    /// <summary>Takes a key away at once.</summary>
    /// <returns>False when the account has none such.</returns>
    public async Task<bool> RevokeAsync(AccountId account, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var gone = await db.ApiKeys.Where(row => row.AccountId == account.Value && row.Id == id).ExecuteDeleteAsync(cancellationToken);
        known.Forget((_, kept) => kept.Caller.Id == id);
        return gone > 0;
    }

    /// <summary>A key for the page that holds Studio; it goes with the session that asked.</summary>
    internal async Task<(string Key, DateTimeOffset ExpiresAt)> OpenStudioAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.ApiKeys.Where(row => row.Kind == ApiKeyKinds.Studio && row.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        var life = caller.ExpiresAt - now is { } left && left < StudioLife ? left : StudioLife;
        var key = Add(db, caller.Account, caller.Name, ApiKeyKinds.Studio, life);
        await db.SaveChangesAsync(cancellationToken);
        return (key, now + life);
    }

    /// <summary>The living key or session; null when there is none.</summary>
    internal async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (!Tokens.IsPlausible(token)) return null;
        var hash = TokenHash.Of(token);
        var now = clock.GetUtcNow();
        var version = known.Version;
        if (!known.TryGet(hash, out var kept) || kept.Until <= now)
        {
            if (await LoadAsync(hash.ToBytes(), cancellationToken) is not { } caller)
            {
                known.Forget((one, _) => one == hash);
                return null;
            }

            if (known.Count > 10_000) known.Forget();
            kept = (caller, now + KeptFor);
            known.Keep(hash, kept, version);
        }

        return kept.Caller.ExpiresAt <= now ? null : kept.Caller;
    }

    /// <summary>Turns a one-time token into a session.</summary>
    /// <returns>The session's key, or null when the token is unknown, used or expired.</returns>
    internal async Task<string?> OpenSessionAsync(string oneTime, CancellationToken cancellationToken)
    {
        if (!Tokens.IsPlausible(oneTime)) return null;
        var hash = Tokens.Hash(oneTime);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(one => one.Hash == hash && one.Kind == ApiKeyKinds.OneTime, cancellationToken);
        if (row is null || row.ExpiresAt <= clock.GetUtcNow()) return null;
        // Of two that open the link together one deletes the row, and only that one goes on.
        if (await db.ApiKeys.Where(one => one.Id == row.Id).ExecuteDeleteAsync(cancellationToken) != 1) return null;
        var session = Add(db, new(row.AccountId), row.Name, ApiKeyKinds.Session, SessionLife);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return session;
    }

    internal async Task<string> OpenSessionAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.ApiKeys.Where(row => row.Kind == ApiKeyKinds.Session && row.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        var session = Add(db, caller.Account, caller.Name, ApiKeyKinds.Session, SessionLife);
        await db.SaveChangesAsync(cancellationToken);
        return session;
    }

    private string Add(AutomationDbContext db, AccountId account, string name, string kind, TimeSpan? ttl, string? given = null)
    {
        var key = given ?? Tokens.New(kind switch { ApiKeyKinds.Key => "key", ApiKeyKinds.OneTime => "start", _ => null });
        var now = clock.GetUtcNow();
        db.ApiKeys.Add(new ApiKeyRow { Id = ids.NewId(), AccountId = account.Value, Hash = Tokens.Hash(key), Name = name, Kind = kind, CreatedAt = now, ExpiresAt = now + ttl });
        return key;
    }

    private async Task<Caller?> LoadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(one => one.Hash == hash && one.Kind != ApiKeyKinds.OneTime, cancellationToken);
        return row is not null && CryptographicOperations.FixedTimeEquals(row.Hash, hash) ? new(row.Id, new(row.AccountId), row.Name, row.Kind, row.Hash, row.ExpiresAt) : null;
    }
}
