using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Persistence.Tests;

/// <summary>A store on a database of its own.</summary>
public sealed class TestStore(ServiceProvider services, IDisposable? place) : IAsyncDisposable
{
    public IEngineStore Engine => services.GetRequiredService<IEngineStore>();
    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public IStoreSetup Setup => services.GetRequiredService<IStoreSetup>();
    public IDbContextFactory<AutomationDbContext> Contexts => services.GetRequiredService<IDbContextFactory<AutomationDbContext>>();

    /// <summary>One read through EF.</summary>
    public async Task<T> ReadAsync<T>(Func<AutomationDbContext, Task<T>> read)
    {
        await using var db = await Contexts.CreateDbContextAsync();
        return await read(db);
    }

    public Task WriteAsync(params object[] rows) => ReadAsync(db =>
    {
        db.AddRange(rows);
        return db.SaveChangesAsync();
    });

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        place?.Dispose();
    }
}
