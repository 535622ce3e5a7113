using Automation.Engine.Ports;

namespace Automation.Connectors.Generic;

/// <summary>A sender of signed hooks. It offers no port: it only tells.</summary>
public sealed class GenericConnector : IConnector
{
    public string Kind => "generic";

    public IReadOnlyList<Type> PortTypes { get; } = [];

    public object Open(Connection connection, Type port) => throw new InvalidOperationException($"A generic connection does not offer {port.Name}.");
}
