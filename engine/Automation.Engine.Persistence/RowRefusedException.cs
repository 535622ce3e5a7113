namespace Automation.Engine.Persistence;

/// <summary>The database refuses what one item holds: a key that is taken, a text it cannot store. Its neighbours may be tried without it.</summary>
public sealed class RowRefusedException(string message, Exception cause) : Exception(message, cause);

/// <summary>Nobody knows whether the transaction was committed, and it could not be found out. Read again before anything is repeated (R4).</summary>
public sealed class CommitUnknownException(string message, Exception cause) : Exception(message, cause);
