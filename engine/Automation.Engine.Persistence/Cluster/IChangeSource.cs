namespace Automation.Engine.Persistence.Cluster;

/// <summary>Tells what other nodes change of what this one keeps in memory. Only PostgreSQL has other nodes.</summary>
public interface IChangeSource
{
    /// <summary>
    /// Listens until cancelled. <paramref name="changed"/> gets table and account as soon as a change is committed anywhere;
    /// <paramref name="missed"/> is called when listening begins and whenever notices may have been lost: nothing kept may be trusted then.
    /// </summary>
    Task ListenAsync(Action<string, Guid> changed, Action missed, CancellationToken cancellationToken);
}
