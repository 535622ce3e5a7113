using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>A trigger and the event that it looked at.</summary>
internal readonly record struct Look(string Trigger, Guid Event);

/// <summary>Counts what one version of a funnel does over a period; keeps the looks of the deal that is being played, no more.</summary>
internal sealed class BackTestWatch(IEnumerable<string> triggers) : ITrialWatch
{
    private static readonly HashSet<string> NotReached = new(StringComparer.Ordinal)
    {
        Reasons.Disabled, Reasons.OtherEvent, Reasons.NothingChanged, Reasons.OtherSource, Reasons.OtherField, Reasons.OtherTag, Reasons.OutsideSpan, Reasons.InsideSpan,
    };

    private readonly Dictionary<Guid, string> runs = [];

    public IReadOnlyDictionary<string, CardTally> Cards { get; } = triggers.ToDictionary(id => id, _ => new CardTally(), StringComparer.Ordinal);

    /// <summary>When the triggers fired on the deal, by the event.</summary>
    public Dictionary<Look, DateTimeOffset> Fired { get; } = [];

    /// <summary>Last verdicts that said no on the deal; those that meant nothing are left out.</summary>
    public Dictionary<Look, JObject> Refused { get; } = [];

    public int Failures { get; private set; }

    public string? Failure { get; private set; }

    /// <summary>Hears of every run that began, by its id.</summary>
    public Action<Guid>? Began { get; init; }

    /// <summary>From here on it is another deal.</summary>
    public void Enter()
    {
        Fired.Clear();
        Refused.Clear();
        runs.Clear();
    }

    public void Stepped(StepBuilder step)
    {
        foreach (var run in step.Runs.Values.Where(run => run.Row.TriggerId is not null))
        {
            if (runs.TryAdd(run.Row.Id, run.Row.TriggerId!)) Began?.Invoke(run.Row.Id);
            if (run.State.Status == RunStatus.Faulted && Cards.TryGetValue(run.Row.TriggerId!, out var card)) card.Failed++;
        }

        foreach (var row in step.Journal)
            if (row is { Kind: "event", EventId: { } stored } && RunJson.Parse(row.Facts)["verdicts"] is JArray verdicts)
                foreach (var verdict in verdicts.OfType<JObject>()) Judge(verdict, stored, row.At);
    }

    public void Answered(EffectRow effect, EffectPreview preview)
    {
        if (!runs.TryGetValue(effect.RunId, out var trigger) || !Cards.TryGetValue(trigger, out var card)) return;
        card.Acts.TryGetValue(preview.Act, out var before);
        card.Acts[preview.Act] = before + 1;
    }

    public void Failed(Exception cause)
    {
        Failures++;
        Failure ??= cause.Message;
    }

    /// <summary>The deal's period is over.</summary>
    public void Leave(TrialMailbox mailbox)
    {
        foreach (var run in mailbox.Runs.Values)
            if (run.Row.TriggerId is { } trigger && Cards.TryGetValue(trigger, out var card)) card.Waiting++;
    }

    private void Judge(JObject verdict, Guid stored, DateTimeOffset at)
    {
        var look = new Look((string)verdict["trigger"]!, stored);
        if (!Cards.TryGetValue(look.Trigger, out var card)) return;
        switch ((string?)verdict["outcome"])
        {
            case nameof(VerdictOutcome.Fired):
                card.Fired++;
                Fired[look] = at;
                Refused.Remove(look);
                break;
            case nameof(VerdictOutcome.No) when !NotReached.Contains((string?)verdict["reason"] ?? ""):
                card.Skipped++;
                Refused[look] = verdict;
                break;
            case nameof(VerdictOutcome.No):
                break;
        }
    }
}
