using Automation.Engine.Ports;

namespace Automation.Connectors.Generic;

/// <summary>A sender of signed hooks, and whose secret signs what is sent back. It offers no calls: it only tells.</summary>
public sealed class GenericConnector : IConnector
{
    public string Kind => "generic";

    public IReadOnlyList<Type> PortTypes { get; } = [typeof(IHookSource)];

    public object Open(Connection connection, Type port) => port == typeof(IHookSource) ? new GenericHookSource() : throw new InvalidOperationException($"A generic connection does not offer {port.Name}.");
}
