using Automation.Engine.Effects;
using Automation.Engine.Ports;

namespace Automation.Activities.Crm.Handlers;

/// <summary>Sends effects of one kind through a port of the effect's connection.</summary>
public abstract class PortEffectHandler<TPort>(IPorts ports) : IEffectHandler where TPort : class
{
    public abstract string Kind { get; }

    public async Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken) =>
        await OpenAsync(call, cancellationToken) is { } port ? await SendAsync(port, call, cancellationToken) : Missing(call);

    public async Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) =>
        await OpenAsync(call, cancellationToken) is { } port ? await FindAsync(port, call, cancellationToken) : new ResultUnknown("connection_missing");

    protected abstract Task<EffectResult> SendAsync(TPort port, EffectCall call, CancellationToken cancellationToken);

    protected abstract Task<EffectResult> FindAsync(TPort port, EffectCall call, CancellationToken cancellationToken);

    private async Task<TPort?> OpenAsync(EffectCall call, CancellationToken cancellationToken) =>
        call.Connection is { } id && await ports.FindAsync(call.Account, id, cancellationToken) is { } connection ? ports.Open<TPort>(connection) : null;

    private static Rejected Missing(EffectCall call) =>
        new("connection_missing", $"The connection {call.Connection} is gone. Restore it and replay the effect.");
}
