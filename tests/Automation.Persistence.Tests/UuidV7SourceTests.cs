using Automation.Engine.Persistence;
using Microsoft.Extensions.Time.Testing;

namespace Automation.Persistence.Tests;

public sealed class UuidV7SourceTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NewId_ManyInOneInstant_RiseAndSayTheirTime()
    {
        var source = new UuidV7Source(new FakeTimeProvider(Start));

        var ids = Enumerable.Range(0, 10_000).Select(_ => source.NewId()).ToList();

        Assert.Equal(ids.Distinct().Order(), ids);
        Assert.All(ids, id => Assert.Equal((7, 8), (id.Version, id.Variant & 0xC)));
        Assert.Equal(Start.ToUnixTimeMilliseconds(), Convert.ToInt64(ids[0].ToString("N")[..12], 16));
    }

    [Fact]
    public void NewId_ClockJumpsBack_StillRises()
    {
        var clock = new FakeTimeProvider(Start) { AutoAdvanceAmount = TimeSpan.Zero };
        var source = new UuidV7Source(clock);
        var before = source.NewId();
        clock.AdjustTime(Start.AddHours(-1));

        Assert.True(source.NewId().CompareTo(before) > 0);
    }
}
