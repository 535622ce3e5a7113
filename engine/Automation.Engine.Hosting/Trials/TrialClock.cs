namespace Automation.Engine.Hosting.Trials;

/// <summary>The clock of a trial: it shows the time of what is being played.</summary>
internal sealed class TrialClock : TimeProvider
{
    public DateTimeOffset Now { get; private set; }

    public override DateTimeOffset GetUtcNow() => Now;

    /// <summary>Begins anew, for another deal.</summary>
    public void Reset(DateTimeOffset now) => Now = now;

    /// <summary>Goes on; never back.</summary>
    public void Reach(DateTimeOffset now) => Now = now > Now ? now : Now;
}
