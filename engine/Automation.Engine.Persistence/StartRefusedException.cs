namespace Automation.Engine.Persistence;

/// <summary>The process must not start on this data.</summary>
/// <param name="code"><c>schema_newer_than_app</c> or <c>master_key_invalid</c>.</param>
public sealed class StartRefusedException(string code, string message, Exception? cause = null) : Exception($"{code}: {message}", cause)
{
    public string Code { get; } = code;
}
