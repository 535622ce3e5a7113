using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Steps;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>
/// What a step goes back to, told so that another life of the installation (after a restore) tells the same: ids of runs and of the
/// timers that make runs are derived from it.
/// </summary>
internal static class Causes
{
    private const string Member = "since";

    /// <summary>A source's time counts up to the age at which its keys are forgotten (R2); older ones say nothing of when it was told.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromDays(7);

    /// <summary>When the event came about: at its source where that is known.</summary>
    public static DateTimeOffset At(StoredEvent stored) => stored.Event switch
    {
        { Kind: InternalEvents.Stimulus or InternalEvents.Arm or EventKinds.Schedule } own when own.Data[Member] is { } since => (DateTimeOffset)since,
        { SourceTime: { } at } when at <= stored.AcceptedAt && stored.AcceptedAt - at <= Trusted => at,
        _ => stored.AcceptedAt,
    };

    public static string Of(StoredEvent stored) => $"{stored.Mailbox}|{TransitionWindow.StoredKey(stored.Event, stored.Number)}";

    public static Guid RunId(StoredEvent stored, Guid funnel, string trigger) => DerivedId.Of(At(stored), $"run|{Of(stored)}|{funnel:N}|{trigger}");

    /// <summary>Data of an event that an effect makes in another mailbox. What is doubtful there is doubtful here.</summary>
    public static JObject Passed(this RestorePoint restored, JObject data, DateTimeOffset since)
    {
        if (restored.Doubtful(since) is { } doubtful) data[Member] = doubtful;
        return data;
    }
}
