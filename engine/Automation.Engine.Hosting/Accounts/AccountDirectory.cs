using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Accounts;

/// <summary>What the runtime needs of an account on every step.</summary>
public sealed record AccountInfo(AccountId Id, string Slug, string Name, TimeZoneInfo TimeZone, string Language, AccountQuotas Quotas)
{
    /// <summary>True: a deal stands still once something of it was given up, until a person redrives it or lets the deal go on (R9, <c>onDead: block</c>). Default: it goes on with its next event.</summary>
    public bool StandsStillOnDead { get; init; }
}

/// <summary>Accounts, kept in memory after the first look.</summary>
public sealed class AccountDirectory(IDbContextFactory<AutomationDbContext> contexts) : IKeepsInMemory
{
    private readonly Kept<AccountId, AccountInfo> known = new();

    public IReadOnlyList<string> Tables { get; } = ["accounts"];

    /// <exception cref="InvalidOperationException">There is no such account.</exception>
    public async ValueTask<AccountInfo> GetAsync(AccountId id, CancellationToken cancellationToken)
    {
        if (known.TryGet(id, out var info)) return info;
        var version = known.Version;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Accounts.AsNoTracking().FirstOrDefaultAsync(account => account.Id == id.Value, cancellationToken)
            ?? throw new InvalidOperationException($"There is no account {id}.");
        var settings = AccountSettings.FromJson(row.Settings);
        info = new(id, row.Slug, row.Name, TimeZoneInfo.FindSystemTimeZoneById(row.TimeZone), row.Language, settings.Quotas) { StandsStillOnDead = settings.OnDead == AccountSettings.Block };
        known.Keep(id, info, version);
        return info;
    }

    public void Forget(Guid? account) => known.Forget(account is null ? null : (id, _) => id.Value == account);
}
