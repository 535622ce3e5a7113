using Automation.Engine.Accounts;
using Automation.Engine.Ports;

namespace Automation.Connectors.Tests;

internal sealed class FixedSecrets(params (string Name, string Value)[] values) : ISecrets
{
    public ValueTask<string?> ReadAsync(ConnectionId connection, string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(values.FirstOrDefault(pair => pair.Name == name).Value ?? null);
}
