using Automation.Engine.Hosting.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace Automation.Hosting.Tests.Cluster;

public sealed class NodeLeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider machine = new();

    [Fact]
    public void Lease_OfAProcessThatIsAlone_IsHeldForEver() => Assert.True(new NodeLease(machine, null).IsHeld);

    [Fact]
    public async Task Lease_RunOut_MakesWorkWaitForTheNextConfirmation()
    {
        var lease = new NodeLease(machine, Length);
        Assert.False(lease.IsHeld);
        lease.Confirm(lease.Now());
        Assert.True(lease.HeldAsync(CancellationToken.None).AsTask().IsCompleted);

        machine.Advance(Length);
        var work = lease.HeldAsync(CancellationToken.None).AsTask();
        Assert.False(work.IsCompleted);
        lease.Confirm(lease.Now());
        await work.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Confirmation_CountsFromTheQuestion_NotFromTheAnswer()
    {
        var lease = new NodeLease(machine, Length);
        var asked = lease.Now();
        machine.Advance(Length);
        lease.Confirm(asked);
        Assert.False(lease.IsHeld);
    }

    [Fact]
    public void Lease_Lost_IsNeverHeldAgain()
    {
        var lease = new NodeLease(machine, Length);
        lease.Lose();
        lease.Confirm(lease.Now());
        Assert.False(lease.IsHeld);
        Assert.True(lease.Lost.IsCompleted);
    }

    [Fact]
    public void Bucket_BeginsFull_AndFillsByItsRate()
    {
        var bucket = new RateBucket(machine);
        bucket.Fill(10);
        Assert.Equal(30, bucket.Draw(100));
        Assert.Equal(0, bucket.Draw(1));
        machine.Advance(TimeSpan.FromMilliseconds(500));
        bucket.Fill(10);
        Assert.Equal((4, 1), (bucket.Draw(4), bucket.Draw(4)));
        machine.Advance(TimeSpan.FromHours(1));
        bucket.Fill(10);
        Assert.Equal(30, bucket.Draw(100));
    }
}
