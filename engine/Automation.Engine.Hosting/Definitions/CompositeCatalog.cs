using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Workflows that an account uses as activities, kept in memory. Only versions that never change any more count: published ones and those that were.</summary>
public sealed class CompositeCatalog(IDbContextFactory<AutomationDbContext> contexts) : IKeepsInMemory
{
    // As a save writes it.
    private const string Mark = "\"usableAsActivity\":true";

    private readonly Kept<AccountId, AccountComposites> known = new();

    public IReadOnlyList<string> Tables { get; } = ["definitions"];

    public async ValueTask<AccountComposites> ReadAsync(AccountId account, CancellationToken cancellationToken) =>
        known.TryGet(account, out var kept) ? kept : await ReadAnewAsync(account, cancellationToken);

    /// <summary>As they stand in the store now: for what is not among those that are kept, which another node may have published this moment.</summary>
    public async Task<AccountComposites> ReadAnewAsync(AccountId account, CancellationToken cancellationToken)
    {
        var version = known.Version;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Definitions.AsNoTracking()
            .Where(row => row.AccountId == account.Value && row.FunnelId == null && (row.IsPublished || !row.IsLatest) && row.Document.Contains(Mark))
            .OrderBy(row => row.CreatedAt).ThenBy(row => row.VersionId).ToListAsync(cancellationToken);
        var composites = new AccountComposites([.. rows.Select(row => (new CompositeDefinition(row.VersionId, row.DefinitionId, row.Version, RunJson.Parse(row.Document)), row.IsPublished))]);
        known.Keep(account, composites, version);
        return composites;
    }

    public void Forget(Guid? account) => known.Forget(account is null ? null : (id, _) => id.Value == account);
}

/// <summary>The workflows of one account that may be used as activities.</summary>
public sealed class AccountComposites : ICompositeSource
{
    private readonly Dictionary<(string Type, int Version), ActivityDescriptor> byType = [];

    /// <param name="composites">The older first: of two with one name and version the older stays.</param>
    public AccountComposites(IReadOnlyList<(CompositeDefinition Composite, bool IsPublished)> composites)
    {
        foreach (var (composite, isPublished) in composites.Where(one => CompositeDescriber.IsUsable(one.Composite.Document)))
        {
            var activity = CompositeDescriber.Describe(composite) with { IsBrowsable = isPublished };
            byType.TryAdd((activity.TypeName, activity.Version), activity);
        }
    }

    public CompositeDefinition? Find(string typeName, int version) => Describe(typeName, version)?.Composite;

    /// <summary>As an activity; null where there is none.</summary>
    public ActivityDescriptor? Describe(string typeName, int version) => byType.GetValueOrDefault((typeName, version));

    /// <summary>All of them as activities; only the published ones are offered.</summary>
    public IEnumerable<ActivityDescriptor> Descriptors => byType.Values;

    /// <summary>These steps, and those of workflows that hold one of them, directly or through another workflow.</summary>
    public IReadOnlySet<(string Type, int Version)> Reaching(IEnumerable<(string Type, int Version)> steps)
    {
        var found = steps.ToHashSet();
        while (byType.Where(one => !found.Contains(one.Key) && Uses(one.Value.Composite!.Document, found)).Select(one => one.Key).ToList() is { Count: > 0 } further) found.UnionWith(further);
        return found;
    }

    /// <summary>True when one of a workflow's steps is among these.</summary>
    public static bool Uses(JObject document, IReadOnlySet<(string Type, int Version)> steps) =>
        steps.Count > 0 && DefinitionDocument.Activities(document).Any(step => steps.Contains(((string?)step["type"] ?? "", (int?)step["version"] ?? 1)));
}
