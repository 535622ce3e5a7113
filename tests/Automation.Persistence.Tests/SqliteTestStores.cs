using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Sqlite;
using Automation.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Persistence.Tests;

public static class SqliteTestStores
{
    private static readonly Lazy<Task<byte[]>> Template = new(MakeTemplateAsync);

    /// <summary>An up-to-date, empty database in a file of its own.</summary>
    public static async Task<TestStore> OpenAsync()
    {
        var directory = new TempDirectory();
        await File.WriteAllBytesAsync(directory.File("test.db"), await Template.Value);
        return Open(directory);
    }

    public static TestStore OpenEmpty() => Open(new TempDirectory());

    private static TestStore Open(TempDirectory directory) =>
        new(new ServiceCollection().AddSqliteStore(directory.File("test.db")).AddPersistence(directory.Path, null).BuildServiceProvider(), directory);

    private static async Task<byte[]> MakeTemplateAsync()
    {
        using var directory = new TempDirectory();
        await using (var store = new TestStore(new ServiceCollection().AddSqliteStore(directory.File("t.db")).BuildServiceProvider(), null))
            await store.Setup.MigrateAsync(CancellationToken.None);
        SqliteConnection.ClearAllPools();
        return await File.ReadAllBytesAsync(directory.File("t.db"));
    }
}
