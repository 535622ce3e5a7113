using Automation.Engine.Persistence.Cluster;
using Automation.Testing;

namespace Automation.Persistence.Tests;

/// <summary>The table of members as the membership protocol needs it.</summary>
public sealed class MemberStoreTests : IAsyncLifetime
{
    private const int Active = 3;
    private const int Dead = 6;
    private TestStore store = null!;
    private IMemberStore members = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = await PostgreSqlTestStores.OpenAsync();
        members = store.Get<IMemberStore>();
        await members.PrepareAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (store is not null) await store.DisposeAsync();
    }

    [Fact]
    public async Task Prepare_Repeated_KeepsTheVersion()
    {
        Assert.True(await members.InsertAsync(Member(1), 0, Cancellation));
        await members.PrepareAsync(Cancellation);
        Assert.Equal(1, (await members.ReadAsync(null, Cancellation)).Version);
    }

    [Fact]
    public async Task Insert_AnotherVersion_IsRefusedAndWritesNothing()
    {
        Assert.True(await members.InsertAsync(Member(1), 0, Cancellation));
        Assert.False(await members.InsertAsync(Member(2), 0, Cancellation));
        var list = await members.ReadAsync(null, Cancellation);
        Assert.Equal((1, "node-1"), (list.Version, Assert.Single(list.Members).Name));
    }

    [Fact]
    public async Task Insert_KnownAddress_IsRefusedAndLeavesTheVersion()
    {
        Assert.True(await members.InsertAsync(Member(1), 0, Cancellation));
        Assert.False(await members.InsertAsync(Member(1), 1, Cancellation));
        Assert.Equal(1, (await members.ReadAsync(null, Cancellation)).Version);
    }

    [Fact]
    public async Task Insert_TwentyTogether_OneIsTaken()
    {
        var taken = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => members.InsertAsync(Member(number), 0, Cancellation)));
        Assert.Single(taken, won => won);
        Assert.Single((await members.ReadAsync(null, Cancellation)).Members);
    }

    [Fact]
    public async Task Update_RightVersionAndRevision_WritesAndRaisesBoth()
    {
        await members.InsertAsync(Member(1), 0, Cancellation);
        var read = Assert.Single((await members.ReadAsync(Member(1).Address, Cancellation)).Members);
        (read.Status, read.Suspects) = (Dead, """[{"By":"x"}]""");
        Assert.True(await members.UpdateAsync(read, 1, Cancellation));
        var list = await members.ReadAsync(read.Address, Cancellation);
        var now = Assert.Single(list.Members);
        Assert.Equal((2, Dead, read.Suspects, read.Revision + 1), (list.Version, now.Status, now.Suspects, now.Revision));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task Update_OldVersionOrRevision_IsRefusedAndWritesNothing(int version, long revision)
    {
        await members.InsertAsync(Member(1), 0, Cancellation);
        var read = Assert.Single((await members.ReadAsync(null, Cancellation)).Members);
        Assert.True(await members.UpdateAsync(read, 1, Cancellation));
        (read.Status, read.Revision) = (Dead, revision);
        Assert.False(await members.UpdateAsync(read, version, Cancellation));
        var list = await members.ReadAsync(null, Cancellation);
        Assert.Equal((2, Active), (list.Version, Assert.Single(list.Members).Status));
    }

    [Fact]
    public async Task Update_TwentyTogether_OneIsTaken()
    {
        await members.InsertAsync(Member(1), 0, Cancellation);
        var read = Assert.Single((await members.ReadAsync(null, Cancellation)).Members);
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => members.UpdateAsync(read, 1, Cancellation)));
        Assert.Single(taken, won => won);
        Assert.Equal(2, (await members.ReadAsync(null, Cancellation)).Version);
    }

    [Fact]
    public async Task Touch_TellsTheStatusAndChangesOnlyTheSignOfLife()
    {
        await members.InsertAsync(Member(1), 0, Cancellation);
        var before = await members.ReadAsync(null, Cancellation);
        Assert.Equal(Active, await members.TouchAsync(Member(1).Address, Cancellation));
        Assert.Null(await members.TouchAsync(Member(2).Address, Cancellation));
        var after = await members.ReadAsync(null, Cancellation);
        Assert.Equal((before.Version, before.Members[0].Revision), (after.Version, after.Members[0].Revision));
        Assert.InRange(after.Members[0].AliveAt, before.ReadAt, after.ReadAt);
    }

    [Fact]
    public async Task Clean_TakesOnlyThatStatusAndOnlyOldOnes()
    {
        await members.InsertAsync(Member(1), 0, Cancellation);
        var dead = Member(2);
        dead.Status = Dead;
        await members.InsertAsync(dead, 1, Cancellation);
        var now = (await members.ReadAsync(null, Cancellation)).ReadAt;
        Assert.Equal(0, await members.CleanAsync(Dead, now.AddHours(-1), Cancellation));
        Assert.Equal(1, await members.CleanAsync(Dead, now.AddHours(1), Cancellation));
        Assert.Equal("node-1", Assert.Single((await members.ReadAsync(null, Cancellation)).Members).Name);
    }

    private static MemberRow Member(int number) => new()
    {
        Address = $"127.0.0.1:{15_000 + number}@7",
        Name = $"node-{number}",
        HostName = "host",
        Status = Active,
        StartedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };
}
