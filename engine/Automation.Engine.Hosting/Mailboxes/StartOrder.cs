using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Starts a workflow by its name.</summary>
/// <param name="Run">Id that the run gets.</param>
/// <param name="Definition">Id of the definition's version.</param>
/// <param name="Correlation">Null for none.</param>
/// <param name="Activity">The trigger activity that it begins with; null for where the workflow begins.</param>
/// <param name="Parent">Whom it tells when it ends, as <see cref="ParentOfRun"/>; null for nobody.</param>
public sealed record StartOrder(
    [property: JsonProperty("run")] Guid Run, [property: JsonProperty("definition")] string Definition, [property: JsonProperty("input")] JObject Input,
    [property: JsonProperty("correlation")] string? Correlation, [property: JsonProperty("activity")] string? Activity,
    [property: JsonProperty("parent")] ParentOfRun? Parent = null);

/// <summary>A run that waits for another one.</summary>
/// <param name="Mailbox">Its mailbox key.</param>
/// <param name="Bookmark">What the telling hits.</param>
/// <param name="When"><c>end</c>: told at the end. <c>rest</c>: told as soon as it waits for something from outside, too.</param>
public sealed record ParentOfRun(
    [property: JsonProperty("mailbox")] string Mailbox, [property: JsonProperty("run")] Guid Run, [property: JsonProperty("bookmark")] string Bookmark, [property: JsonProperty("when")] string When)
{
    public const string AtEnd = "end";
    public const string AtRest = "rest";
}
