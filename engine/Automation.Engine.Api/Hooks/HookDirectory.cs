using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Automation.Engine.Api.Hooks;

/// <summary>Where a hook's address leads.</summary>
internal sealed record HookTarget(Connection Connection, IHookSource Source, IReadOnlyList<string> Secrets, int EventsPerSecond, DateTimeOffset Until);

/// <summary>Connections by the hash of their hook token, kept for a few seconds so that a busy hook reads nothing.</summary>
public sealed class HookDirectory(
    IDbContextFactory<AutomationDbContext> contexts, IPorts ports, ISecrets secrets, AccountDirectory accounts, IEnumerable<IHookSource> sources,
    IOptions<HookOptions> options, TimeProvider clock) : IKeepsInMemory
{
    private readonly Dictionary<string, IHookSource> sources = sources.ToDictionary(source => source.Source, StringComparer.Ordinal);
    private readonly Kept<TokenHash, HookTarget> known = new();

    public IReadOnlyList<string> Tables { get; } = ["accounts", "connections", "secrets"];

    /// <summary>To be called after a change of the account's connections, tokens or webhook secrets.</summary>
    public void Invalidate(AccountId account) => Forget(account.Value);

    public void Forget(Guid? account) => known.Forget(account is null ? null : (_, target) => target.Connection.Account.Value == account);

    /// <returns>Null when the token is unknown or belongs to a connection of another kind.</returns>
    internal ValueTask<HookTarget?> FindAsync(string source, string token, CancellationToken cancellationToken)
    {
        if (!Tokens.IsPlausible(token)) return default;
        var hash = TokenHash.Of(token);
        if (!known.TryGet(hash, out var target) || target.Until <= clock.GetUtcNow()) return LoadAsync(source, hash, cancellationToken);
        return new(target.Source.Source == source ? target : null);
    }

    private async ValueTask<HookTarget?> LoadAsync(string source, TokenHash hash, CancellationToken cancellationToken)
    {
        var (bytes, version) = (hash.ToBytes(), known.Version);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Connections.AsNoTracking().Where(one => one.HookTokenHash == bytes).Select(one => new { one.Id, one.AccountId, one.Kind }).FirstOrDefaultAsync(cancellationToken);
        if (row is null || !sources.TryGetValue(row.Kind, out var reader))
        {
            known.Forget((one, _) => one == hash);
            return null;
        }

        var (account, id) = (new AccountId(row.AccountId), new ConnectionId(row.Id));
        if (await ports.FindAsync(account, id, cancellationToken) is not { } connection) return null;
        var quotas = (await accounts.GetAsync(account, cancellationToken)).Quotas;
        var keys = new List<string>(2);
        if (await secrets.ReadAsync(id, "webhook", cancellationToken) is { } current) keys.Add(current);
        if (await secrets.ReadAsync(id, "webhook_previous", cancellationToken) is { } previous) keys.Add(previous);
        var target = new HookTarget(connection, reader, keys, quotas.EventsPerSecond, clock.GetUtcNow() + options.Value.KeepConnection);
        known.Keep(hash, target, version);
        return reader.Source == source ? target : null;
    }
}
