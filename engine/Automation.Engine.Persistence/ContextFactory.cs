using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence;

/// <summary>Hands the store's own context out as <see cref="AutomationDbContext"/>.</summary>
public sealed class ContextFactory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<AutomationDbContext>
    where TContext : AutomationDbContext
{
    public AutomationDbContext CreateDbContext() => inner.CreateDbContext();

    public async Task<AutomationDbContext> CreateDbContextAsync(CancellationToken cancellationToken) =>
        await inner.CreateDbContextAsync(cancellationToken);
}
