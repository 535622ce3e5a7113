namespace Automation.Server.CommandLine;

/// <summary>Ends a command with words for the person at the terminal and exit code 1.</summary>
public sealed class CommandFailedException(string message) : Exception(message);
