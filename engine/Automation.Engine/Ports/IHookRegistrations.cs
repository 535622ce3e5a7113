namespace Automation.Engine.Ports;

/// <summary>Hooks that a connector has registered at an outside system, so that they can be taken away with their connection.</summary>
public interface IHookRegistrations
{
    /// <summary>Looks for those that lead to the connection's hook address. The secrets that the call needs are read now.</summary>
    /// <param name="tokenHash">SHA-256 of the token in that address.</param>
    /// <exception cref="RemoteCallException">The system gave no answer that can be used.</exception>
    Task<RegisteredHooks> FindAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken);
}

/// <summary>Hooks as they were found.</summary>
/// <param name="Count">0 when none leads there.</param>
/// <param name="EndAsync">Takes them away, also when the connection is gone by then; false when the system refused.</param>
public sealed record RegisteredHooks(int Count, Func<CancellationToken, Task<bool>> EndAsync);
