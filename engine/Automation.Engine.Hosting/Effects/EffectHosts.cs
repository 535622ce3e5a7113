using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Effects;

/// <summary>The breaker before an effect: which host it goes to, and whether that host is known not to answer.</summary>
public sealed class EffectHosts
{
    private readonly IPorts ports;
    private readonly HostBreakers breakers;

    public EffectHosts(IPorts ports, HostBreakers breakers, ILogger<EffectHosts> logger)
    {
        (this.ports, this.breakers) = (ports, breakers);
        breakers.Changed += (account, host, open) =>
        {
            if (open) logger.BreakerOpened(account.Value, host, HostBreakers.OpensAfter);
            else logger.BreakerClosed(account.Value, host);
        };
    }

    /// <summary>The host that the effect's call goes to; null for what goes to none.</summary>
    public async ValueTask<string?> OfAsync(EffectRow effect, CancellationToken cancellationToken)
    {
        if (effect.Kind == "http") return effect.TargetConnectionId is null ? EffectLane.Of(effect) : EffectLane.Host((string?)Mailboxes.RunJson.Parse(effect.Request)["url"]);
        if (effect.TargetConnectionId is not { } id) return null;
        return await ports.FindAsync(new AccountId(effect.AccountId), new ConnectionId(id), cancellationToken) is { } connection ? ports.HostOf(connection) : null;
    }

    /// <summary>May it go now?</summary>
    public bool TryEnter(EffectRow effect, string host) => breakers.TryEnter(new(effect.AccountId), host);

    /// <summary>Waits until it may.</summary>
    public Task EnterAsync(EffectRow effect, string host, CancellationToken cancellationToken) => breakers.EnterAsync(new(effect.AccountId), host, cancellationToken);
}
