namespace Automation.Connectors.Http;

/// <summary>A read from an outside system failed. The message is fit for a person and holds no secret.</summary>
/// <param name="code">As in <see cref="Engine.Effects.Rejected"/>.</param>
/// <param name="mayPass">True when a later try may succeed.</param>
public sealed class RemoteCallException(string code, string message, bool mayPass) : Exception(message)
{
    public string Code => code;

    public bool MayPass => mayPass;
}
