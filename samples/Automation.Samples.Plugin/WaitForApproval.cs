using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Samples.Plugin;

/// <summary>Stops until somebody answers. The answer's <c>approved</c> chooses the way out.</summary>
[Activity("Samples", "Samples", "Waits for somebody's yes or no.", DisplayNameRu = "Ждать согласования"), FlowNode("Approved", "Rejected")]
public sealed class WaitForApproval : Activity
{
    [Input(Description = "What is to be approved.")]
    public Input<string> Subject { get; set; } = new("");

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new { Subject = context.Get(Subject) }, OnAnsweredAsync);

    private async ValueTask OnAnsweredAsync(ActivityExecutionContext context)
    {
        var approved = context.ActivityInput is JObject answer && (bool?)answer["approved"] == true;
        await context.CompleteActivityWithOutcomesAsync(approved ? "Approved" : "Rejected");
    }
}
