using System.Diagnostics;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Effects;
using Automation.Engine.Hosting.Telemetry;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>Effects on their way: sent first in, first out per target; their results come back as work of the mailbox.</content>
internal sealed partial class MailboxActor
{
    private const string Restart = "restart";

    /// <summary>First in, first out per target: only the oldest unfinished effect of each may be on its way.</summary>
    private void StartSending(MailboxMemory loaded)
    {
        if (loaded.Effects.Count == 0) return;
        foreach (var waiting in loaded.Effects.Values.GroupBy(EffectLane.Of).ToList())
        {
            var target = waiting.MinBy(effect => effect.Position)!;
            lock (gate)
            {
                if (draining || stopping.IsCancellationRequested || waiting.Any(effect => sending.ContainsKey(effect.Key))) continue;
                var left = loaded.LeftSending.Remove(target.Key);
                sending[target.Key] = shared.RunAsync(() => SendAsync(target, left));
            }
        }
    }

    private async Task SendAsync(EffectRow effect, bool left)
    {
        var called = false;
        try
        {
            if (effect.NextTryAt is { } next && next > shared.Clock.GetUtcNow()) await Task.Delay(next - shared.Clock.GetUtcNow(), shared.Clock, resting.Token);
            if (await shared.Hosts.OfAsync(effect, stopping.Token) is { } host && !shared.Hosts.TryEnter(effect, host))
            {
                // Not begun after all: a stop while it waits must not leave the question whether it was sent.
                if (!left && effect is { State: (int)EffectState.Sending, NextTryAt: null }) await CommitAsync(effect, (loaded, current) => shared.Planner.HoldBack(key, loaded, current, host));
                await shared.Hosts.EnterAsync(effect, host, resting.Token);
            }

            // What can be looked up is, before every repeated call: an earlier try may have done it, and a look-up then may have failed.
            var lookFirst = left || ((EffectPolicy)effect.Policy == EffectPolicy.Verify && effect.State == (int)EffectState.Planned && effect.Tries > 0);
            if (left && (EffectPolicy)effect.Policy != EffectPolicy.Hold)
            {
                bool death;
                lock (gate) death = died?.Remove(effect.Key) == true;
                if (death && effect.Deaths + 1 >= PoisonAfter && await MayHaveKilledAsync(effect.FirstTryAt ?? effect.PlannedAt))
                {
                    Post(effect.Key, (loaded, current) => shared.Planner.BuryEffectAsync(key, loaded, current, stopping.Token));
                    return;
                }

                await CommitAsync(effect, (loaded, current) => shared.Planner.BeginLeft(key, loaded, current, death));
            }
            else if (effect.State != (int)EffectState.Sending || effect.NextTryAt is not null)
            {
                await BeginTryAsync(effect);
            }

            if (!left && effect.Tries <= 1 && await RefusalAsync(effect) is { } refusal)
            {
                Post(effect.Key, refusal);
                return;
            }

            // Paused in between, this node may be dead to the others, and one of them calling instead.
            await shared.Lease.HeldAsync(stopping.Token);
            called = true;
            var began = Stopwatch.GetTimestamp();
            using var span = RunTrace.Effect(effect);
            var result = lookFirst ? await ResolveUnknownAsync(effect, Restart) : await shared.Sender.SendAsync(effect, stopping.Token);
            shared.Observer.AfterSend(effect);
            if (result is ResultUnknown unknown && !lookFirst) result = await ResolveUnknownAsync(effect, unknown.Reason);
            span.Ended(result);
            EngineMeters.EffectCalled(effect.Kind, result, began);
            Post(effect.Key, result);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || resting.IsCancellationRequested)
        {
            // Stopped: the row says "sending", and whoever comes next resolves it by the effect's policy.
        }
        catch (BegunElsewhereException)
        {
            // Whoever began it brings it to its end.
        }
#pragma warning disable CA1031 // The worker's edge: no effect may stay on its way for ever.
        catch (Exception e)
#pragma warning restore CA1031
        {
            shared.Logger.SendFailed(key.ToString(), effect.Key, e);
            Post(effect.Key, called ? new ResultUnknown(e.Message) : new Retry(null, e.Message));
        }
    }

    /// <summary>The day's budget, asked before the first try (R14); null when the effect may go.</summary>
    private async Task<EffectResult?> RefusalAsync(EffectRow effect)
    {
        try
        {
            return await shared.Budget.TryTakeAsync(key.Account, stopping.Token) ? null
                : new Rejected("effect_budget_exceeded", "The account has used up its actions of this day; raise the quota or redrive this one tomorrow.");
        }
        catch (Exception e) when (StoreFault.Is(e))
        {
            return new Retry(null, "The day's budget could not be read.");
        }
    }

    /// <summary>The effect's policy where nobody knows whether it was done.</summary>
    private async Task<EffectResult> ResolveUnknownAsync(EffectRow effect, string reason)
    {
        switch ((EffectPolicy)effect.Policy)
        {
            case EffectPolicy.Retry:
                return reason == Restart ? await shared.Sender.SendAsync(effect, stopping.Token) : new ResultUnknown(reason);
            case EffectPolicy.Verify:
                var found = await shared.Sender.FindAsync(effect, stopping.Token);
                // Surely absent: the same key again.
                return found is Retry ? await shared.Sender.SendAsync(effect, stopping.Token) : found;
            default:
                return new ResultUnknown(reason);
        }
    }

    private void Post(string effectKey, EffectResult result) => Post(effectKey, (loaded, effect) => PlanResultAsync(loaded, effect, result), result is Delivered or Rejected);

    /// <param name="known">The result is sure: it counts also where another activation has given the effect up as unknown meanwhile.</param>
    private void Post(string effectKey, Func<MailboxMemory, EffectRow, Task<StepBuilder>> plan, bool known = false)
    {
        lock (gate)
        {
            work.AddLast(async loaded =>
            {
                if (!loaded.Effects.TryGetValue(effectKey, out var effect) && !(known && loaded.Held.TryGetValue(effectKey, out effect))
                    // Another activation knows that the try failed and waits for the next: what is unknown here is no news.
                    || (!known && effect.State != (int)EffectState.Sending))
                {
                    lock (gate) sending.Remove(effectKey);
                    return null;
                }

                var step = await plan(loaded, effect);
                step.Committed = () => { lock (gate) sending.Remove(effectKey); };
                return step;
            });
        }

        Start();
    }

    private Task<StepBuilder> PlanResultAsync(MailboxMemory loaded, EffectRow effect, EffectResult result)
    {
        switch (result)
        {
            case Retry retry when RetryStrategy.Of(effect.Request).After(Math.Max(1, effect.Tries), retry.After, Roll(effect)) is { } wait:
                return Task.FromResult(shared.Planner.PostponeEffect(key, loaded, effect, shared.Clock.GetUtcNow() + wait, retry.Reason));
            // Nobody knows yet: asked again by the plan of retries, and after that a person decides.
            case ResultUnknown unknown when (EffectPolicy)effect.Policy != EffectPolicy.Hold && RetryStrategy.Of(effect.Request).After(Math.Max(1, effect.Tries), null, Roll(effect)) is { } pause:
                return Task.FromResult(shared.Planner.PostponeEffect(key, loaded, effect, shared.Clock.GetUtcNow() + pause, unknown.Reason));
            case Delivered delivered: return Finish(EffectState.Done, delivered.Value, null, null);
            case Rejected rejected: return Finish(EffectState.Failed, null, rejected.Code, rejected.Message);
            case Retry retry: return Finish(EffectState.Failed, null, "retries_exhausted", retry.Reason);
            default: return Finish(EffectState.Unknown, null, "result_unknown", (result as ResultUnknown)?.Reason);
        }

        Task<StepBuilder> Finish(EffectState state, JToken? value, string? code, string? message) =>
            shared.Planner.HandleEffectAsync(key, loaded, effect, state, value, code, message, stopping.Token);
    }

    // Spread by the key itself: a replayed history waits as long as the first one did.
    private static double Roll(EffectRow effect) => Convert.ToInt32(effect.Key[..4], 16) / 65_536.0;

    /// <summary>Commits "sending, try n" before a call that the planning commit has not announced.</summary>
    private Task BeginTryAsync(EffectRow effect) => CommitAsync(effect, (loaded, current) => shared.Planner.BeginTry(key, loaded, current));

    /// <summary>Commits a change of an effect on its way, and returns when it stands.</summary>
    private async Task CommitAsync(EffectRow effect, Func<MailboxMemory, EffectRow, StepBuilder> plan)
    {
        var (state, tries) = (effect.State, effect.Tries);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            work.AddLast(loaded =>
            {
                if (!loaded.Effects.TryGetValue(effect.Key, out var current) || current.State != state || current.Tries != tries)
                {
                    // Another activation, or a commit whose answer was lost, has begun it: whether it is done, nobody here knows.
                    if (current is { State: (int)EffectState.Sending }) loaded.LeftSending.Add(effect.Key);
                    lock (gate) sending.Remove(effect.Key);
                    done.TrySetException(new BegunElsewhereException());
                    return Task.FromResult<StepBuilder?>(null);
                }

                var step = plan(loaded, current);
                step.Committed = () => done.TrySetResult();
                return Task.FromResult<StepBuilder?>(step);
            });
        }

        Start();
        await using var stop = stopping.Token.Register(() => done.TrySetCanceled());
        await done.Task;
    }

    /// <summary>An effect has moved on while this activation made ready to send it.</summary>
    private sealed class BegunElsewhereException : Exception;
}
