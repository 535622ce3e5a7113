namespace Automation.Engine.Hosting.Cluster;

/// <summary>A token bucket that holds <see cref="BurstSeconds"/> of its rate and begins full. Not for several threads at once.</summary>
public sealed class RateBucket(TimeProvider clock)
{
    public const int BurstSeconds = 3;
    private long? filledAt;

    /// <summary>May be negative: what is owed.</summary>
    public double Tokens { get; set; }

    /// <summary>Adds what came in since the last time.</summary>
    public void Fill(int perSecond)
    {
        var now = clock.GetTimestamp();
        Tokens = filledAt is { } before ? Math.Min(perSecond * BurstSeconds, Tokens + (clock.GetElapsedTime(before, now).TotalSeconds * perSecond)) : perSecond * BurstSeconds;
        filledAt = now;
    }

    /// <returns>What there was, at most <paramref name="wanted"/>.</returns>
    public double Draw(double wanted)
    {
        var drawn = Math.Clamp(wanted, 0, Math.Max(0, Tokens));
        Tokens -= drawn;
        return drawn;
    }
}
