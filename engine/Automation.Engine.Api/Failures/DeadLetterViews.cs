using Automation.Engine.Hosting.Failures;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Failures;

/// <summary>Something that was given up; nothing of it is deleted (R9).</summary>
/// <param name="Id">Of the event, the run or the hook; the key of the effect.</param>
/// <param name="Kind">event, run, effect, hook.</param>
/// <param name="At">When it was given up.</param>
/// <param name="Code">Why.</param>
/// <param name="Tries">Times that it was tried; events and effects only.</param>
/// <param name="Bytes">Size of the body; hooks only.</param>
/// <param name="RunId">The run that it is, or that planned it.</param>
/// <param name="Activity">Id of the step that failed; runs only.</param>
/// <param name="Step">That step by name.</param>
/// <param name="Reason">Why, in words; absent where the message alone says it.</param>
public sealed record DeadLetterView(
    string Id, string Kind, DateTimeOffset At, Guid ConnectionId, string? Deal, string? EntityType, string? EntityId, string? TriggerId, string? Code, string? Message, int? Tries, int? Bytes,
    Guid? RunId = null, string? Activity = null, string? Step = null, string? Reason = null, Journal.Place? Place = null)
{
    internal static DeadLetterView Of(DeadLetter letter) => new(
        letter.Target, letter.Kind, letter.At, letter.ConnectionId, letter.EntityType == EntityTypes.Deal ? letter.EntityId : null, letter.EntityType, letter.EntityId,
        letter.TriggerId, letter.Code, letter.Message, letter.Tries, null, letter.Run, letter.Activity);
}

/// <summary>What is settled as it is: it is not done again, and leaves the list. Say at least one of ids, trigger, funnel, connection, code, deal, since, until; or <c>"all": true</c>.</summary>
public sealed record SkipBody(string? Kind, IReadOnlyList<string>? Ids, string? Trigger, string? Funnel, string? Connection, string? Code, string? Deal, DateTimeOffset? Since, DateTimeOffset? Until, bool All);

/// <param name="Total">How many are settled by it.</param>
public sealed record SkippedView(int Total);

/// <summary>What is to be redriven. Say at least one of ids, trigger, connection, code, deal, since, until; or <c>"all": true</c>.</summary>
/// <param name="Kind">event, run or effect; all of them when absent.</param>
/// <param name="Ids">Ids of events and runs, keys of effects.</param>
/// <param name="Funnel">A funnel's runs and what they planned: id or short name.</param>
/// <param name="Connection">Id or name.</param>
/// <param name="Code">The reason, such as <c>retries_exhausted</c>.</param>
/// <param name="Since">Given up at or after.</param>
/// <param name="Until">Given up before.</param>
/// <param name="From">One run: the activity to begin with again; the one that failed when absent.</param>
/// <param name="Input">One thing: what is edited.</param>
/// <param name="PerSecond">Most items a second, 1 to 100. Default 10.</param>
/// <param name="DryRun">True: only shows what would be redriven.</param>
public sealed record RedriveBody(
    string? Kind, IReadOnlyList<string>? Ids, string? Trigger, string? Connection, string? Code, string? Deal, DateTimeOffset? Since, DateTimeOffset? Until,
    bool All, string? From, JObject? Input, int? PerSecond, bool DryRun, string? Funnel = null);

/// <param name="Total">How many it would be.</param>
/// <param name="Items">The first 200 of them, in their order.</param>
public sealed record RedrivePreview(int Total, IReadOnlyList<DeadLetterView> Items);

/// <param name="Failures">In a row.</param>
/// <param name="NextProbe">When the next call goes through to look; the others wait.</param>
public sealed record BreakerView(string Host, int Failures, DateTimeOffset Since, DateTimeOffset NextProbe);

/// <param name="Done">Handed over so far.</param>
/// <param name="FinishedAt">Absent while it is under way.</param>
public sealed record RedriveView(Guid Id, string By, int Total, int Done, int PerSecond, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    internal static RedriveView Of(RedriveRow row) => new(row.Id, row.By, row.Total, row.Done, row.PerSecond, row.CreatedAt, row.FinishedAt);
}
