using Automation.Engine.Effects;
using Automation.Engine.Ports;

namespace Automation.Activities.Crm.Handlers;

/// <summary>Kind <c>booking</c>: the request is a <see cref="BookingCommand"/>.</summary>
public sealed class BookingEffectHandler(IPorts ports) : PortEffectHandler<IBookingSystem>(ports)
{
    public override string Kind => "booking";

    protected override Task<EffectResult> SendAsync(IBookingSystem port, EffectCall call, CancellationToken cancellationToken) =>
        port.ExecuteAsync(BookingCommand.FromJson(call.Request), call.Key, cancellationToken);

    protected override Task<EffectResult> FindAsync(IBookingSystem port, EffectCall call, CancellationToken cancellationToken) =>
        port.FindAsync(BookingCommand.FromJson(call.Request), call.Key, call.Since, cancellationToken);
}
