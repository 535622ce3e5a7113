using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Persistence.Rows;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Effects;

/// <summary>Calls the handler of an effect's kind. What throws counts as an unknown result: the call may have been made.</summary>
public sealed class EffectSender(IEnumerable<IEffectHandler> handlers, TimeProvider clock, ILogger<EffectSender> logger)
{
    private readonly Dictionary<string, IEffectHandler> byKind = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);

    public Task<EffectResult> SendAsync(EffectRow effect, CancellationToken cancellationToken) => CallAsync(effect, find: false, cancellationToken);

    /// <summary>Looks the effect up after an unknown result.</summary>
    public Task<EffectResult> FindAsync(EffectRow effect, CancellationToken cancellationToken) => CallAsync(effect, find: true, cancellationToken);

    private async Task<EffectResult> CallAsync(EffectRow effect, bool find, CancellationToken cancellationToken)
    {
        if (!byKind.TryGetValue(effect.Kind, out var handler)) return new Rejected("effect_kind_unknown", $"Nothing sends effects of kind '{effect.Kind}'.");
        var target = effect.TargetConnectionId is { } id ? new ConnectionId(id) : (ConnectionId?)null;
        var request = Mailboxes.RunJson.Parse(effect.Request);
        request.Remove(RetryStrategy.Key);
        // An activity's own call runs on behalf of the run's subject.
        if (effect.Kind is "activity" or "workflow" or Mailboxes.StepBuilder.CancelEffectKind) request["subject"] = Mailboxes.MailboxRouter.KeyOf(effect).ToString();
        if (effect.Kind is "workflow" or "publish") (request["depth"], request["by"]) = (effect.Depth, effect.RunId);
        var call = new EffectCall(new(effect.AccountId), target, effect.Key, request, effect.FirstTryAt ?? clock.GetUtcNow(), effect.Tries);
        try
        {
            return find ? await handler.FindAsync(call, cancellationToken) : await handler.SendAsync(call, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The worker's edge: whatever a handler throws must not stop the mailbox.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.EffectThrew(effect.Key, effect.Kind, e);
            return new ResultUnknown(e.GetType().Name);
        }
    }
}
