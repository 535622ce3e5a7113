using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence.Cluster;
using Orleans.Runtime;

namespace Automation.Hosting.Tests.Cluster;

public sealed class ProcessDeathsTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What three living nodes have passed on among themselves has killed nobody.</summary>
    [Fact]
    public async Task Members_ThatLive_HaveNotDied()
    {
        var deaths = new MemberDeaths(new Table(Member(SiloStatus.Active, 0), Member(SiloStatus.Joining, 1), Member(SiloStatus.ShuttingDown, 1)), new(TimeProvider.System, TimeSpan.FromSeconds(15)));
        Assert.Equal(0, await deaths.SinceAsync(Since, RuntimeHost.Stop));
    }

    /// <summary>A sign of life may be a lease old when its node dies.</summary>
    [Theory]
    [InlineData(-16, 0)]
    [InlineData(-15, 1)]
    [InlineData(0, 1)]
    [InlineData(3_600, 1)]
    public async Task Member_ThatIsGone_CountsWhenItLivedUntilThen(int seconds, int counted)
    {
        var deaths = new MemberDeaths(new Table(Member(SiloStatus.Dead, seconds), Member(SiloStatus.Active, 0)), new(TimeProvider.System, TimeSpan.FromSeconds(15)));
        Assert.Equal(counted, await deaths.SinceAsync(Since, RuntimeHost.Stop));
    }

    private static MemberRow Member(SiloStatus status, int seconds) =>
        new() { Address = $"{status}{seconds}", Name = "n", HostName = "h", Status = (int)status, AliveAt = Since.AddSeconds(seconds) };

    private sealed class Table(params MemberRow[] members) : IMemberStore
    {
        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task<MemberList> ReadAsync(string? address, CancellationToken cancellationToken) => Task.FromResult(new MemberList(1, Since, members));
        public Task<bool> InsertAsync(MemberRow member, int version, CancellationToken cancellationToken) => throw new NotSupportedException();
        public Task<bool> UpdateAsync(MemberRow member, int version, CancellationToken cancellationToken) => throw new NotSupportedException();
        public Task<int?> TouchAsync(string address, CancellationToken cancellationToken) => throw new NotSupportedException();
        public Task<int> CleanAsync(int status, DateTimeOffset before, CancellationToken cancellationToken) => throw new NotSupportedException();
        public Task ClearAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
