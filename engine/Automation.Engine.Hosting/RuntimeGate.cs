namespace Automation.Engine.Hosting;

/// <summary>Opens when the schema is migrated and what the last process left is known; loops and hooks wait for it.</summary>
public sealed class RuntimeGate
{
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => open.Task.IsCompletedSuccessfully;

    public void Open() => open.TrySetResult();

    public Task OpenedAsync(CancellationToken cancellationToken) => open.Task.WaitAsync(cancellationToken);
}
