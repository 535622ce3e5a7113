using System.Security.Cryptography;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.People;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api;

internal enum KeyRemoval { Removed, Missing, LastAdmin }

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

    public IReadOnlyList<string> Tables { get; } = ["api_keys", "users"];

    public void Forget(Guid? account) => known.Forget(account is null ? null : (_, kept) => kept.Caller.Account.Value == account);

    /// <summary>Makes a key of that kind (<see cref="ApiKeyKinds"/>).</summary>
    /// <param name="ttl">Null: it does not expire.</param>
    /// <param name="given">The key itself where the operator sets it; null to draw one.</param>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <returns>The key in the clear; it cannot be read again.</returns>
    /// <exception cref="ArgumentException">The given key is not 16 to 128 Latin letters, digits, '-' and '_'.</exception>
    public async Task<string> CreateAsync(AccountId account, string name, string kind, TimeSpan? ttl, CancellationToken cancellationToken, string? given = null, string role = Roles.Admin)
    {
        if (given is not null && !Tokens.IsPlausible(given)) throw new ArgumentException("A key takes 16 to 128 Latin letters, digits, '-' and '_'.", nameof(given));
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var key = Add(db, account, name, kind, ttl, role, given: given).Key;
        await db.SaveChangesAsync(cancellationToken);
        return key;
    }

    /// <returns>The key in the clear; it cannot be read again.</returns>
    internal async Task<(Guid Id, string Key)> AddKeyAsync(AccountId account, string name, string role, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var added = Add(db, account, name, ApiKeyKinds.Key, null, role);
        await db.SaveChangesAsync(cancellationToken);
        return added;
    }

    /// <summary>Takes a key away, unless nobody could do everything any more.</summary>
    internal async Task<KeyRemoval> RemoveKeyAsync(AccountId account, Guid id, CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            var keys = await db.ApiKeys.AsNoTracking().Where(row => row.AccountId == account.Value && row.Kind == ApiKeyKinds.Key).Select(row => new { row.Id, row.Role }).ToListAsync(cancellationToken);
            if (keys.Find(key => key.Id == id) is not { } going) return KeyRemoval.Missing;
            if (going.Role == Roles.Admin && keys.Count(key => key.Role == Roles.Admin) == 1) return KeyRemoval.LastAdmin;
        }

        return await RevokeAsync(account, id, cancellationToken) ? KeyRemoval.Removed : KeyRemoval.Missing;
    }

    /// <summary>Takes a key or a session away at once, with the sessions that were opened by it and their keys for Studio.</summary>
    /// <returns>False when the account has none such.</returns>
    public async Task<bool> RevokeAsync(AccountId account, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var own = db.ApiKeys.Where(row => row.AccountId == account.Value);
        var opened = await own.Where(row => row.IssuedBy == id).Select(row => row.Id).ToListAsync(cancellationToken);
        var gone = await own.Where(row => row.Id == id || row.IssuedBy == id || opened.Contains(row.IssuedBy!.Value)).ExecuteDeleteAsync(cancellationToken);
        known.Forget((_, kept) => kept.Caller.Account == account);
        return gone > 0;
    }

    /// <summary>Ends what a user has open, on every server.</summary>
    internal async Task EndSessionsAsync(AccountId account, Guid user, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var own = db.ApiKeys.Where(row => row.AccountId == account.Value);
        var sessions = await own.Where(row => row.IssuedBy == user && row.Kind == ApiKeyKinds.Session).Select(row => row.Id).ToListAsync(cancellationToken);
        await own.Where(row => sessions.Contains(row.Id) || sessions.Contains(row.IssuedBy!.Value)).ExecuteDeleteAsync(cancellationToken);
        known.Forget((_, kept) => kept.Caller.Account == account);
    }

    /// <summary>A key for the page that holds Studio; it goes with the session that asked.</summary>
    internal async Task<(string Key, DateTimeOffset ExpiresAt)> OpenStudioAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.ApiKeys.Where(row => row.Kind == ApiKeyKinds.Studio && row.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        var life = caller.ExpiresAt - now is { } left && left < StudioLife ? left : StudioLife;
        var (_, key) = Add(db, caller.Account, caller.Name, ApiKeyKinds.Studio, life, caller.Role, caller.Id);
        await db.SaveChangesAsync(cancellationToken);
        return (key, now + life);
    }

    /// <summary>The living key or session; null when there is none.</summary>
    internal async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        return Tokens.IsPlausible(token) ? await FindAsync(TokenHash.Of(token), cancellationToken) : null;
    }

    /// <summary>False once what let the caller in is gone or means another one.</summary>
    internal async ValueTask<bool> HoldsAsync(Caller caller, CancellationToken cancellationToken) =>
        await FindAsync(new TokenHash(caller.Hash), cancellationToken) is { } now && now.Id == caller.Id && now.Role == caller.Role;

    private async ValueTask<Caller?> FindAsync(TokenHash hash, CancellationToken cancellationToken)
    {
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
        var (_, session) = Add(db, new(row.AccountId), row.Name, ApiKeyKinds.Session, SessionLife, row.Role, row.IssuedBy);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return session;
    }

    internal async Task<string> OpenSessionAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.ApiKeys.Where(row => row.Kind == ApiKeyKinds.Session && row.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        var (_, session) = Add(db, caller.Account, caller.Name, ApiKeyKinds.Session, SessionLife, caller.Role, caller.User ?? caller.Id, stamp: caller.Stamp);
        await db.SaveChangesAsync(cancellationToken);
        return session;
    }

    /// <summary>A session of a user; it holds while his security stamp is the one that he was read with.</summary>
    internal async Task<string> OpenSessionAsync(UserRow user, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.ApiKeys.Where(row => row.Kind == ApiKeyKinds.Session && row.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        var (_, session) = Add(db, new(user.AccountId), user.Name, ApiKeyKinds.Session, SessionLife, user.Role, user.Id, stamp: user.SecurityStamp);
        await db.SaveChangesAsync(cancellationToken);
        return session;
    }

    /// <summary>A link that makes an administrator; those before it end.</summary>
    /// <returns>The token in the clear; it cannot be read again.</returns>
    public async Task<(Guid Id, string Token, DateTimeOffset ExpiresAt)> AddFirstLinkAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.ApiKeys.Where(row => row.AccountId == account.Value && row.Kind == ApiKeyKinds.First).ExecuteDeleteAsync(cancellationToken);
        var (id, token) = Add(db, account, "first", ApiKeyKinds.First, Joining.FirstLife, Roles.Admin);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (id, token, clock.GetUtcNow() + Joining.FirstLife);
    }

    /// <returns>The token in the clear; it cannot be read again.</returns>
    internal async Task<(Guid Id, string Token, DateTimeOffset ExpiresAt)> AddInvitationAsync(Caller caller, string name, string role, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (id, token) = Add(db, caller.Account, name, ApiKeyKinds.Invite, Joining.InvitationLife, role, caller.Person);
        await db.SaveChangesAsync(cancellationToken);
        return (id, token, clock.GetUtcNow() + Joining.InvitationLife);
    }

    /// <summary>A link by which a user sets a new password; those before it end.</summary>
    /// <returns>The token in the clear; it cannot be read again.</returns>
    internal async Task<(Guid Id, string Token, DateTimeOffset ExpiresAt)> AddResetLinkAsync(UserRow user, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.ApiKeys.Where(row => row.IssuedBy == user.Id && row.Kind == ApiKeyKinds.Reset).ExecuteDeleteAsync(cancellationToken);
        var (id, token) = Add(db, new(user.AccountId), user.Login, ApiKeyKinds.Reset, Joining.FirstLife, user.Role, user.Id);
        await db.SaveChangesAsync(cancellationToken);
        return (id, token, clock.GetUtcNow() + Joining.FirstLife);
    }

    private (Guid Id, string Key) Add(AutomationDbContext db, AccountId account, string name, string kind, TimeSpan? ttl, string role, Guid? issuedBy = null, string? given = null, string? stamp = null)
    {
        var key = given ?? Tokens.New(kind switch { ApiKeyKinds.Key => "key", ApiKeyKinds.OneTime => "start", _ => null });
        var now = clock.GetUtcNow();
        var id = ids.NewId();
        db.ApiKeys.Add(new ApiKeyRow { Id = id, AccountId = account.Value, Hash = Tokens.Hash(key), Name = name, Kind = kind, Role = role, IssuedBy = issuedBy, Stamp = stamp, CreatedAt = now, ExpiresAt = now + ttl });
        return (id, key);
    }

    private async Task<Caller?> LoadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(one => one.Hash == hash, cancellationToken);
        return row is not null && CryptographicOperations.FixedTimeEquals(row.Hash, hash) ? await CallerAsync(db, row, cancellationToken) : null;
    }

    /// <summary>What stands behind a row decides: the user as he is now, the session that a page with Studio belongs to.</summary>
    private static async Task<Caller?> CallerAsync(AutomationDbContext db, ApiKeyRow row, CancellationToken cancellationToken)
    {
        var caller = new Caller(row.Id, new(row.AccountId), row.Name, row.Kind, row.Hash, row.ExpiresAt, row.Role, row.IssuedBy, row.Stamp, row.Language);
        switch (row.Kind)
        {
            case ApiKeyKinds.Key:
            case ApiKeyKinds.Session when row.Stamp is null:
                return caller;
            case ApiKeyKinds.Session:
                return await db.Users.AsNoTracking().FirstOrDefaultAsync(one => one.Id == row.IssuedBy && one.SecurityStamp == row.Stamp, cancellationToken) is { } user
                    ? caller with { Name = user.Name, Role = user.Role, Language = user.Language } : null;
            case ApiKeyKinds.Studio:
                return await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(one => one.Id == row.IssuedBy, cancellationToken) is { } opener && await CallerAsync(db, opener, cancellationToken) is { } behind
                    ? caller with { Name = behind.Name, Role = behind.Role, IssuedBy = behind.Person, Stamp = behind.Stamp, Language = behind.Language } : null;
            default:
                return null;
        }
    }
}
