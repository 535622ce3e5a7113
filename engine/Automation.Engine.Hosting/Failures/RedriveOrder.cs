using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Failures;

/// <summary>What a redrive event asks of its mailbox: one dead event, run or effect.</summary>
/// <param name="Redrive">The redrive that it is part of.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Kind">event, run, effect.</param>
/// <param name="Target">Id of the event or run; key of the effect.</param>
/// <param name="From">Runs: the activity to begin with again; null for the one that failed.</param>
/// <param name="Input">What a person edited: data of the event, inputs of the activity, members of the effect's request; null for nothing.</param>
internal sealed record RedriveOrder(
    [property: JsonProperty("redrive")] Guid Redrive,
    [property: JsonProperty("by")] string By,
    [property: JsonProperty("kind")] string Kind,
    [property: JsonProperty("target")] string Target,
    [property: JsonProperty("from")] string? From,
    [property: JsonProperty("input")] JObject? Input);
