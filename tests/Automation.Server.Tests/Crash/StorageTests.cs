using System.Diagnostics;
using Automation.Testing;
using Npgsql;

namespace Automation.Server.Tests.Crash;

/// <summary>The storage fails under load and comes back: hooks are refused meanwhile, nothing accepted is lost, and the server goes on by itself.</summary>
[Collection(KillLane.Name)]
public sealed class StorageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task PostgreSql_RestartsUnderLoad_AllAcceptedEnds(string mode)
    {
        using var postgres = PostgresServer.StartOwn();
        Assert.SkipWhen(postgres is null, PostgresServer.WhyNot);
        await using var world = await KillWorld.StartAsync(new("restart", true, 1, 15, 0, 1), Stop, postgres);
        await using (var load = new SteadyLoad(world, Stop))
        {
            await load.AcknowledgedAsync(40);
            postgres!.Stop(mode);
            await load.RefusedAsync(8);
            postgres.StartAgain();
            await load.AcknowledgedAsync(40);
        }

        // This process's own connections to it, from before.
        NpgsqlConnection.ClearAllPools();
        await HoldsAsync(world);
    }

    [Fact]
    public async Task Sqlite_DiskFullUnderLoad_RefusesAndGoesOnWhenThereIsRoom()
    {
        var folder = new TempDirectory();
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder.Path), "A small disk of its own cannot be mounted: the test needs root.");
        // Goes away when the server has let it go; then its directory does.
        await using var world = await KillWorld.StartAsync(new("disk", false, 1, 1, 0, 1), Stop, folder: folder);
        try
        {
            await using (var load = new SteadyLoad(world, Stop))
            {
                await load.AcknowledgedAsync(40);
                await FillAsync(folder.File("filler"));
                await load.RefusedAsync(8);
                File.Delete(folder.File("filler"));
                await load.AcknowledgedAsync(40);
            }

            await HoldsAsync(world);
        }
        finally
        {
            await RunAsync("umount", "-l", folder.Path);
        }
    }

    private static async Task HoldsAsync(KillWorld world)
    {
        Assert.False(world[0].IsDead, world.Outputs);
        var owed = await world.Ledger.OwedAsync(DateTimeOffset.MaxValue, TimeSpan.FromSeconds(90));
        if (owed.Count > 0) Assert.Fail($"lost: {string.Join(", ", owed)}\n{await CrashShop.TellAsync(world.Data, world.Database, [.. owed], Stop)}\n{world.Outputs}");
        var facts = await KillFacts.WhenQuietAsync(world, Stop);
        Assert.Equal((0, ""), (facts.StaleCommits, facts.Wrong));
        Assert.Empty(world.Ledger.Doubled);
        Assert.Empty(world.Ledger.OutOfOrder);
        Assert.Empty(world.Ledger.Early);
    }

    private static async Task FillAsync(string file)
    {
        try
        {
            await using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
            // To the last block.
            foreach (var size in (int[])[1 << 20, 4096])
                while (Try(filler, size)) { }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static bool Try(FileStream filler, int size)
    {
        try
        {
            filler.Write(new byte[size]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(Stop);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
