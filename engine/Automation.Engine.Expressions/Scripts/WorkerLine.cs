namespace Automation.Engine.Expressions.Scripts;

/// <summary>Workers that are free, and calls that wait for one: the calls of each account in their order, the accounts in turns (R13).</summary>
internal sealed class WorkerLine
{
    private readonly Lock _gate = new();
    private readonly Queue<ScriptWorkerProcess> _free = [];
    private readonly Dictionary<string, Queue<TaskCompletionSource<ScriptWorkerProcess?>>> _waiting = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = [];
    private bool _closed;

    /// <param name="account">Whose call it is.</param>
    /// <returns>Null when there is none to wait for.</returns>
    public ValueTask<ScriptWorkerProcess?> TakeAsync(string account, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_free.TryDequeue(out var worker) || _closed) return ValueTask.FromResult(worker);
            var waiter = new TaskCompletionSource<ScriptWorkerProcess?>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_waiting.TryGetValue(account, out var calls))
            {
                _waiting[account] = calls = new();
                _turns.Enqueue(account);
            }

            calls.Enqueue(waiter);
            return WaitAsync(waiter, cancellationToken);
        }
    }

    /// <returns>False when the line is closed.</returns>
    public bool Give(ScriptWorkerProcess worker)
    {
        lock (_gate)
        {
            if (_closed) return false;
            while (Next() is { } waiter)
                if (waiter.TrySetResult(worker)) return true;
            _free.Enqueue(worker);
            return true;
        }
    }

    /// <summary>No worker will come: everyone that waits goes on without one.</summary>
    public void SendAway()
    {
        lock (_gate)
            while (Next() is { } waiter) waiter.TrySetResult(null);
    }

    /// <returns>The workers that are free.</returns>
    public IReadOnlyList<ScriptWorkerProcess> Close()
    {
        lock (_gate)
        {
            _closed = true;
            SendAway();
            return [.. _free];
        }
    }

    private static async ValueTask<ScriptWorkerProcess?> WaitAsync(TaskCompletionSource<ScriptWorkerProcess?> waiter, CancellationToken cancellationToken)
    {
        await using var withdrawal = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<ScriptWorkerProcess?>)state!).TrySetCanceled(token), waiter);
        return await waiter.Task;
    }

    // An account that has more goes behind the others.
    private TaskCompletionSource<ScriptWorkerProcess?>? Next()
    {
        if (!_turns.TryDequeue(out var account)) return null;
        var calls = _waiting[account];
        var waiter = calls.Dequeue();
        if (calls.Count > 0) _turns.Enqueue(account);
        else _waiting.Remove(account);
        return waiter;
    }
}
