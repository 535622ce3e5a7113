using Automation.Engine.Effects;
using Automation.Engine.Ports;

namespace Automation.Activities.Crm.Handlers;

/// <summary>Kind <c>email</c>: <c>{"to":"…","subject":"…","text":"…","html":"…"}</c>.</summary>
public sealed class EmailEffectHandler(IPorts ports) : PortEffectHandler<IEmailSender>(ports)
{
    public override string Kind => "email";

    protected override Task<EffectResult> SendAsync(IEmailSender port, EffectCall call, CancellationToken cancellationToken)
    {
        var request = call.Request;
        return port.SendAsync(
            new(call.Key, (string?)request["to"] ?? "", (string?)request["subject"] ?? "", (string?)request["text"] ?? "", (string?)request["html"]), cancellationToken);
    }

    // Mail has no look-up: whether a lost answer meant a sent message is for a person to say.
    protected override Task<EffectResult> FindAsync(IEmailSender port, EffectCall call, CancellationToken cancellationToken) =>
        Task.FromResult<EffectResult>(new ResultUnknown("mail_not_searchable"));
}
