namespace Automation.Engine.Hosting.Cluster;

/// <summary>An account's rate over all nodes (R13): nodes draw from one bucket, a little ahead of what they need.</summary>
public interface IRateGrain : IGrainWithStringKey
{
    /// <param name="wanted">Events.</param>
    /// <param name="perSecond">The account's rate; the bucket holds three seconds of it.</param>
    /// <returns>How many of them may pass.</returns>
    Task<double> DrawAsync(double wanted, int perSecond);
}

internal sealed class RateGrain(TimeProvider clock) : Grain, IRateGrain
{
    private readonly RateBucket bucket = new(clock);

    public Task<double> DrawAsync(double wanted, int perSecond)
    {
        bucket.Fill(perSecond);
        return Task.FromResult(bucket.Draw(wanted));
    }
}
