namespace Automation.Engine.Expressions;

/// <summary>Checks a script's limits and syntax without running it; a script runner may be one.</summary>
public interface IScriptChecker
{
    /// <returns>Null when the script is well.</returns>
    ValueTask<ExpressionError?> CheckAsync(string source, CancellationToken cancellationToken);
}
