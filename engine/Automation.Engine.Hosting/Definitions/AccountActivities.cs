using Automation.Engine.Accounts;
using Automation.Engine.Workflows.Interpreter;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>What an account's workflows are made of: the server's activities, and its own workflows that are used as such.</summary>
/// <param name="composites">Null for none.</param>
public sealed class AccountActivities(ActivityRegistry registry, AccountComposites? composites = null)
{
    /// <summary>Null for a type that is not there.</summary>
    public ActivityDescriptor? Find(string typeName, int version) =>
        registry.Find(typeName, version) ?? composites?.Describe(typeName, version);

    /// <summary>One for each type and version; where both have one, the server's.</summary>
    public IEnumerable<ActivityDescriptor> Descriptors => registry.Descriptors.Concat(composites?.Descriptors ?? []).DistinctBy(one => (one.TypeName, one.Version));
}

/// <summary>Reads them.</summary>
public sealed class AccountActivityCatalog(ActivityRegistry registry, CompositeCatalog composites)
{
    public async ValueTask<AccountActivities> ReadAsync(AccountId account, CancellationToken cancellationToken) => new(registry, await composites.ReadAsync(account, cancellationToken));
}
