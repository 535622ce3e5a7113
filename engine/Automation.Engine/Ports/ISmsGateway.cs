using Automation.Engine.Effects;

namespace Automation.Engine.Ports;

/// <summary>Sends short messages, one phone per request. Facts: messaging gateways §7.</summary>
public interface ISmsGateway
{
    /// <summary>Policy for an unknown result: Verify where the gateway can be asked by our id, otherwise Hold.</summary>
    EffectPolicy Policy { get; }

    /// <returns><see cref="Delivered"/> with <c>{"id":"…","parts":1}</c> when the gateway took it.</returns>
    Task<EffectResult> SendAsync(SmsRequest request, CancellationToken cancellationToken);

    /// <summary>Looks a message up by our key after a lost answer.</summary>
    Task<EffectResult> FindAsync(SmsRequest request, DateTimeOffset since, CancellationToken cancellationToken);
}

/// <param name="EffectKey">Our key; gateways that take an own id get its first 32 hex characters.</param>
/// <param name="Phone">E.164 with plus.</param>
/// <param name="Sender">Registered sender name; null for the gateway's default.</param>
public sealed record SmsRequest(string EffectKey, string Phone, string Text, string? Sender);
