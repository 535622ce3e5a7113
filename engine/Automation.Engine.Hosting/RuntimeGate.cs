namespace Automation.Engine.Hosting;

/// <summary>Opens when the schema is migrated and what the last process left is known; loops and hooks wait for it.</summary>
public sealed class RuntimeGate
{
    private readonly TaskCompletionSource prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => open.Task.IsCompletedSuccessfully;

    /// <summary>The schema is up to date.</summary>
    public void Prepared() => prepared.TrySetResult();

    /// <summary>The store cannot be brought up to date: who waits for it waits no longer.</summary>
    public void Refused() => prepared.TrySetCanceled();

    public void Open()
    {
        prepared.TrySetResult();
        open.TrySetResult();
    }

    /// <exception cref="OperationCanceledException">The start was refused.</exception>
    public Task PreparedAsync(CancellationToken cancellationToken) => prepared.Task.WaitAsync(cancellationToken);

    public Task OpenedAsync(CancellationToken cancellationToken) => open.Task.WaitAsync(cancellationToken);
}
