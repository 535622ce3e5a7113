using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Workflows that an account uses as activities. Only versions that never change any more count: published ones and those that were.</summary>
public sealed class CompositeCatalog(IDbContextFactory<AutomationDbContext> contexts)
{
    // As a save writes it.
    private const string Mark = "\"usableAsActivity\":true";

    public async Task<AccountComposites> ReadAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Definitions.AsNoTracking()
            .Where(row => row.AccountId == account.Value && row.FunnelId == null && (row.IsPublished || !row.IsLatest) && row.Document.Contains(Mark))
            .OrderBy(row => row.CreatedAt).ThenBy(row => row.VersionId).ToListAsync(cancellationToken);
        return new([.. rows.Select(row => (new CompositeDefinition(row.VersionId, row.DefinitionId, row.Version, RunJson.Parse(row.Document)), row.IsPublished))]);
    }
}

/// <summary>The workflows of one account that may be used as activities.</summary>
public sealed class AccountComposites : ICompositeSource
{
    private readonly Dictionary<(string Type, int Version), (CompositeDefinition Composite, bool IsPublished)> byType = [];

    /// <param name="composites">The older first: of two with one name and version the older stays.</param>
    public AccountComposites(IReadOnlyList<(CompositeDefinition Composite, bool IsPublished)> composites)
    {
        foreach (var one in composites)
            if (CompositeDescriber.IsUsable(one.Composite.Document)) byType.TryAdd((CompositeDescriber.TypeName((string?)one.Composite.Document["name"], one.Composite.DefinitionId), one.Composite.Version), one);
    }

    public CompositeDefinition? Find(string typeName, int version) => byType.TryGetValue((typeName, version), out var found) ? found.Composite : null;

    /// <summary>All of them as activities; only the published ones are offered.</summary>
    public IEnumerable<ActivityDescriptor> Descriptors => byType.Values.Select(one => CompositeDescriber.Describe(one.Composite) with { IsBrowsable = one.IsPublished });
}
