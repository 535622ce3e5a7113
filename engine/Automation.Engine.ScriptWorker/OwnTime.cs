using System.Diagnostics;
using Jint;

namespace Automation.Engine.ScriptWorker;

/// <summary>
/// Ends a script by the processor time it took, not by the clock on the wall: on a busy machine a short script may wait long for its turn.
/// The wall is looked at on every statement, the processor time only when the wall says that it could be over.
/// </summary>
internal sealed class OwnTime(TimeSpan limit) : Constraint
{
    private long _lookAt;
    private TimeSpan _usedBefore;

    /// <summary>What the script has taken so far.</summary>
    public TimeSpan Used => Environment.CpuUsage.TotalTime - _usedBefore;

    public override void Reset()
    {
        _usedBefore = Environment.CpuUsage.TotalTime;
        _lookAt = Stopwatch.GetTimestamp() + Ticks(limit);
    }

    public override void Check()
    {
        if (Stopwatch.GetTimestamp() < _lookAt) return;
        var left = limit - Used;
        if (left <= TimeSpan.FromMilliseconds(1)) throw new TimeoutException();
        _lookAt = Stopwatch.GetTimestamp() + Ticks(left);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
