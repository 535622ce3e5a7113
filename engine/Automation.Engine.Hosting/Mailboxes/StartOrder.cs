using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Starts a workflow by its name.</summary>
/// <param name="Run">Id that the run gets.</param>
/// <param name="Definition">Id of the definition's version.</param>
/// <param name="Correlation">Null for none.</param>
/// <param name="Activity">The trigger activity that it begins with; null for where the workflow begins.</param>
public sealed record StartOrder(
    [property: JsonProperty("run")] Guid Run, [property: JsonProperty("definition")] string Definition, [property: JsonProperty("input")] JObject Input,
    [property: JsonProperty("correlation")] string? Correlation, [property: JsonProperty("activity")] string? Activity);
