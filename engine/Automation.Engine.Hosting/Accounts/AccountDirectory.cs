using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Accounts;

/// <summary>What the runtime needs of an account on every step.</summary>
public sealed record AccountInfo(AccountId Id, string Slug, string Name, TimeZoneInfo TimeZone, string Language, AccountQuotas Quotas);

/// <summary>Quotas of R13 and R14; an account's settings may raise each of them alone.</summary>
public sealed record AccountQuotas
{
    /// <summary>Accepted events a second. Default 100, with a burst of three times as many.</summary>
    public int EventsPerSecond { get; init; } = 100;

    /// <summary>Planned effects a day. Default 10,000.</summary>
    public int EffectsPerDay { get; init; } = 10_000;

    /// <summary>Runs of one trigger on one deal within 10 minutes. Default 20.</summary>
    public int RunsPerTrigger { get; init; } = 20;

    /// <summary>Length of a chain of own effects. Default 10.</summary>
    public int MaxDepth { get; init; } = 10;
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
        var quotas = JObject.Parse(row.Settings)["quotas"]?.ToObject<AccountQuotas>() ?? new AccountQuotas();
        info = new(id, row.Slug, row.Name, TimeZoneInfo.FindSystemTimeZoneById(row.TimeZone), row.Language, quotas);
        known.Keep(id, info, version);
        return info;
    }

    public void Forget(Guid? account) => known.Forget(account is null ? null : (id, _) => id.Value == account);
}
