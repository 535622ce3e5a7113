using System.CommandLine;
using System.Globalization;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Persistence.Sqlite;

namespace Automation.Server.CommandLine;

/// <summary><c>backup</c> and <c>restore</c>: they open the store itself, beside a server or without one.</summary>
internal static class BackupVerbs
{
    public static IEnumerable<Command> Create(Option<string> data)
    {
        var target = new Argument<string>("FILE|DIRECTORY") { Description = "A file that does not exist yet, or a directory: the file is then named by the time." };
        var postgres = Postgres();
        var backup = new Command("backup", "Copy the whole database to a file while servers work on it. The master key is not part of it.") { target, postgres };
        backup.SetAction((parsed, cancellationToken) => RunAsync(parsed, data, postgres, async (store, output) =>
        {
            var file = Name(parsed.GetRequiredValue(target), store.Extension);
            var taken = await store.WriteAsync(file, cancellationToken);
            await output.WriteLineAsync($"{file}: everything up to {Words(taken)}, {new FileInfo(file).Length / 1024.0 / 1024.0:0.0} MiB.");
            await output.WriteLineAsync($"Keep the master key apart from it: {KeyPlace(parsed.GetValue(data)!)}. Without it the secrets of the connections in the backup cannot be read; with both, anyone can read them.");
        }));

        var source = new Argument<string>("FILE") { Description = "What backup wrote." };
        var where = Postgres();
        var restore = new Command("restore", "Put a backup where no installation is: an empty data directory, or with --postgres an empty database. Stop the old server first.") { source, where };
        restore.SetAction((parsed, cancellationToken) => RunAsync(parsed, data, where, async (store, output) =>
        {
            var directory = parsed.GetValue(data)!;
            var taken = await store.RestoreAsync(parsed.GetRequiredValue(source), cancellationToken);
            Directory.CreateDirectory(directory);
            await output.WriteLineAsync($"Restored: the state of {Words(taken)}. What happened after that is not in it.");
            if (Commands.Variable(MasterKey.Variable) is null && !File.Exists(Path.Combine(directory, MasterKey.FileName)))
                await output.WriteLineAsync($"Before you start the server: put the master key of the old installation into {Path.Combine(directory, MasterKey.FileName)}, or set {MasterKey.Variable}.");
            await output.WriteLineAsync("At its first start the server looks up what may have been done since, and asks about what it cannot look up: ./run.sh effects --state unknown");
        }));
        return [backup, restore];
    }

    private static async Task<int> RunAsync(ParseResult parsed, Option<string> data, Option<string?> postgres, Func<IStoreBackup, TextWriter, Task> act)
    {
        try
        {
            var services = new ServiceCollection().AddPersistence(parsed.GetValue(data)!, null);
            if (parsed.GetValue(postgres) is { Length: > 0 } database) services.AddPostgreSqlStore(database);
            else services.AddSqliteStore(Path.Combine(parsed.GetValue(data)!, "automation.db"));
            await using var provider = services.BuildServiceProvider();
            await act(provider.GetRequiredService<IStoreBackup>(), parsed.InvocationConfiguration.Output);
            return 0;
        }
        catch (Exception e) when (e is BackupException or StartRefusedException || StoreFault.Is(e))
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e is StartRefusedException refused ? $"{refused.Code}: {e.Message}" : e.Message);
            return 1;
        }
    }

    private static string Name(string given, string extension) => Directory.Exists(given)
        ? Path.Combine(given, $"automation-{TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}{extension}")
        : given;

    private static string KeyPlace(string directory) =>
        Commands.Variable(MasterKey.Variable) is null ? Path.Combine(directory, MasterKey.FileName) : $"the value of {MasterKey.Variable}";

    private static string Words(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static Option<string?> Postgres() => new("--postgres")
    {
        Description = "Connection string of PostgreSQL; without it the embedded SQLite in the data directory (AUTOMATION_POSTGRES).",
        DefaultValueFactory = _ => Commands.Variable("AUTOMATION_POSTGRES"),
    };
}
