using System.Diagnostics;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using RunStatus = Automation.Engine.Workflows.RunStatus;

namespace Automation.Engine.Hosting.Telemetry;

/// <summary>
/// Spans of runs, under the source <c>Automation</c>. A run's trace has the run's own id, so that whoever knows one finds the other, on
/// whichever node and however much later a step is made. No payload, address or text of a deal is among the tags.
/// </summary>
internal static class RunTrace
{
    private static readonly ActivitySource Source = new(EngineMeters.Name);

    /// <summary>A step of the run that is committed now.</summary>
    /// <param name="began">When its planning began.</param>
    public static Activity? Step(RunRow run, DateTimeOffset began)
    {
        var span = Source.StartActivity("run step", ActivityKind.Internal, Of(run.Id), startTime: began);
        if (span is null) return null;
        Common(span, run.AccountId, run.Id, MailboxRouter.KeyOf(run).ToString());
        span.SetTag("automation.trigger", run.TriggerId).SetTag("automation.step", run.Sequence).SetTag("automation.status", ((RunStatus)run.Status).ToString());
        if (run.EventId is { } cause) span.SetTag("automation.event", cause);
        if (run.Status == (int)RunStatus.Faulted) span.SetStatus(ActivityStatusCode.Error);
        return span;
    }

    /// <summary>A call on behalf of a run, until the span is disposed.</summary>
    public static Activity? Effect(EffectRow effect)
    {
        var span = Source.StartActivity($"effect {effect.Kind}", ActivityKind.Client, effect.RunId == Guid.Empty ? default : Of(effect.RunId));
        if (span is null) return null;
        Common(span, effect.AccountId, effect.RunId, MailboxRouter.KeyOf(effect).ToString());
        return span.SetTag("automation.effect", effect.Key).SetTag("automation.try", effect.Tries);
    }

    public static void Ended(this Activity? span, EffectResult result)
    {
        span?.SetTag("automation.result", result.GetType().Name);
        if (result is not Delivered) span?.SetStatus(ActivityStatusCode.Error);
    }

    private static void Common(Activity span, Guid account, Guid run, string mailbox) =>
        span.SetTag("automation.account", account).SetTag("automation.run", run).SetTag("automation.mailbox", mailbox);

    private static ActivityContext Of(Guid run)
    {
        Span<byte> id = stackalloc byte[16];
        run.TryWriteBytes(id, bigEndian: true, out _);
        return new(ActivityTraceId.CreateFromBytes(id), ActivitySpanId.CreateFromBytes(id[8..]), ActivityTraceFlags.Recorded, isRemote: true);
    }
}
