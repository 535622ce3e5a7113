namespace Automation.Engine.Persistence;

/// <summary>Brings the schema up to date at start-up.</summary>
public interface IStoreSetup
{
    /// <summary>Applies what is missing. May be repeated after a kill at any point.</summary>
    /// <exception cref="StartRefusedException"><c>schema_newer_than_app</c>: a newer release has migrated this database (R12).</exception>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>One node at a time makes what a new database lacks: the others wait here until what is returned is disposed. Dies with its process.</summary>
    Task<IAsyncDisposable> EnterAsync(CancellationToken cancellationToken);
}
