using Automation.Engine.Effects;
using Automation.Engine.Ports;

namespace Automation.Activities.Crm.Handlers;

/// <summary>Kind <c>crm</c>: the request is a <see cref="CrmCommand"/>.</summary>
public sealed class CrmEffectHandler(IPorts ports) : PortEffectHandler<ICrm>(ports)
{
    public override string Kind => "crm";

    protected override Task<EffectResult> SendAsync(ICrm port, EffectCall call, CancellationToken cancellationToken) =>
        port.ExecuteAsync(CrmCommand.FromJson(call.Request), call.Key, cancellationToken);

    protected override Task<EffectResult> FindAsync(ICrm port, EffectCall call, CancellationToken cancellationToken) =>
        port.FindAsync(CrmCommand.FromJson(call.Request), call.Key, call.Since, cancellationToken);
}
