using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Sqlite;
using Automation.Engine.Persistence.Steps;
using Automation.Testing.Model;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Persistence.Tests;

/// <summary>The model store of the simulation, under the suite of the real ones: its rows are shown to EF as a database of the moment.</summary>
public static class ModelTestStores
{
    public static Task<TestStore> OpenAsync() => Task.FromResult(new TestStore(
        new ServiceCollection().AddSingleton<ModelStore>().AddSingleton<IEngineStore>(provider => provider.GetRequiredService<ModelStore>())
            .AddSingleton<IDbContextFactory<AutomationDbContext>, Mirror>().BuildServiceProvider(), null));

    private sealed class Mirror(ModelStore store) : IDbContextFactory<AutomationDbContext>, IDisposable
    {
        private readonly List<SqliteConnection> open = [];

        public AutomationDbContext CreateDbContext()
        {
            var connection = new SqliteConnection("Data Source=:memory:");
            open.Add(connection);
            connection.Open();
            var options = new DbContextOptionsBuilder<SqliteDbContext>().UseSqlite(connection).Options;
            using (var fill = new SqliteDbContext(options))
            {
                fill.Database.EnsureCreated();
                object[] rows = [.. store.Events, .. store.Hooks, .. store.Runs, .. store.Effects.Values, .. store.Timers, .. store.Bookmarks, .. store.Journal, .. store.Links, .. store.Assignments, .. store.Mailboxes, .. store.Managers];
                fill.AddRange(rows);
                fill.SaveChanges();
            }

            var context = new SqliteDbContext(options);
            context.SavedChanges += (_, _) =>
            {
                foreach (var manager in context.ChangeTracker.Entries<ManagerRow>()) store.Managers.Add(manager.Entity);
            };
            return context;
        }

        public void Dispose() => open.ForEach(connection => connection.Dispose());
    }
}
