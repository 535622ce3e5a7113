namespace Automation.Engine.ScriptWorker;

/// <summary>A refusal with a code of the contract; raised by our own code inside the worker only.</summary>
internal sealed class ScriptFailure(string code, string message, string ru) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>The message in Russian.</summary>
    public string Ru { get; } = ru;
}
