namespace Automation.Engine.Persistence.Backup;

/// <summary>Copies the whole store to a file while servers work on it, and back into an empty place.</summary>
public interface IStoreBackup
{
    /// <summary>How the names of its files end, with the dot.</summary>
    string Extension { get; }

    /// <summary>
    /// Writes one consistent copy: all of what was committed before some moment after the call, nothing of what came later. Readable by
    /// its user only. The file appears when it is whole.
    /// </summary>
    /// <param name="file">Must not exist.</param>
    /// <returns>When the copy was begun.</returns>
    /// <exception cref="BackupException">Nothing was written.</exception>
    Task<DateTimeOffset> WriteAsync(string file, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a copy where no installation is. All or nothing; may be repeated after a kill at any point. The next server that starts there
    /// knows that it was restored (<see cref="RestoreMarks"/>).
    /// </summary>
    /// <returns>When the copy was begun.</returns>
    /// <exception cref="BackupException">Nothing was changed.</exception>
    Task<DateTimeOffset> RestoreAsync(string file, CancellationToken cancellationToken);
}

/// <summary>A backup or restore that was not done; the message says why and what to do.</summary>
public sealed class BackupException(string message, Exception? cause = null) : Exception(message, cause);
