namespace Automation.Simulators;

/// <summary>What shall go wrong with the next calls. Counted down, call by call; thread-safe.</summary>
public sealed class Faults
{
    private readonly Lock gate = new();
    private readonly Queue<int> refusals = new();
    private int lostAnswers;
    private (int Left, TimeSpan By) slow;

    /// <summary>The next calls are refused with this HTTP status; nothing is applied.</summary>
    public void FailNext(int calls, int status)
    {
        lock (gate)
            for (var i = 0; i < calls; i++)
                refusals.Enqueue(status);
    }

    /// <summary>The next writes are applied, then the connection is cut before the answer.</summary>
    public void LoseNextAnswers(int writes = 1)
    {
        lock (gate)
            lostAnswers += writes;
    }

    /// <summary>The next calls are answered late (by the simulator's clock); the change is applied first.</summary>
    public void SlowNext(int calls, TimeSpan by)
    {
        lock (gate)
            slow = (calls, by);
    }

    public void Clear()
    {
        lock (gate)
        {
            refusals.Clear();
            lostAnswers = 0;
            slow = default;
        }
    }

    internal int? TakeRefusal()
    {
        lock (gate)
            return refusals.TryDequeue(out var status) ? status : null;
    }

    internal bool TakeLostAnswer(bool isWrite)
    {
        lock (gate)
        {
            if (!isWrite || lostAnswers == 0)
                return false;
            lostAnswers--;
            return true;
        }
    }

    internal TimeSpan TakeDelay()
    {
        lock (gate)
        {
            if (slow.Left == 0)
                return TimeSpan.Zero;
            slow = (slow.Left - 1, slow.By);
            return slow.By;
        }
    }
}
