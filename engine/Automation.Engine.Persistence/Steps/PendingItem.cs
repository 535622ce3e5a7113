namespace Automation.Engine.Persistence.Steps;

/// <summary>An item between its caller and a batch: taken or withdrawn, never both.</summary>
internal sealed class PendingItem<TItem, TResult>(TItem item)
{
    private readonly TaskCompletionSource<TResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int decided;

    public TItem Item { get; } = item;
    public Task<TResult> Result => result.Task;

    /// <returns>False when the caller has withdrawn it.</returns>
    public bool Take() => Interlocked.Exchange(ref decided, 1) == 0;

    public void Withdraw(CancellationToken cancellationToken)
    {
        if (Take()) result.TrySetCanceled(cancellationToken);
    }

    public void Complete(TResult value) => result.TrySetResult(value);

    public void Fail(Exception exception) => result.TrySetException(exception);
}
