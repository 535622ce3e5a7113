using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Handlers;

/// <summary>Kind <c>sms</c>: <c>{"phone":"+7…","text":"…","sender":"…"}</c>.</summary>
public sealed class SmsEffectHandler(IPorts ports) : PortEffectHandler<ISmsGateway>(ports)
{
    public override string Kind => "sms";

    protected override Task<EffectResult> SendAsync(ISmsGateway port, EffectCall call, CancellationToken cancellationToken) =>
        port.SendAsync(Read(call), cancellationToken);

    protected override Task<EffectResult> FindAsync(ISmsGateway port, EffectCall call, CancellationToken cancellationToken) =>
        port.FindAsync(Read(call), call.Since, cancellationToken);

    private static SmsRequest Read(EffectCall call) =>
        new(call.Key, Required(call.Request, "phone"), Required(call.Request, "text"), (string?)call.Request["sender"]);

    private static string Required(JObject request, string name) =>
        (string?)request[name] ?? throw new InvalidOperationException($"An SMS effect has no '{name}'.");
}
