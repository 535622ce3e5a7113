using Automation.Engine.Workflows;

namespace Automation.Samples.Plugin;

/// <summary>An activity in Elsa's own style: it knows nothing of effects, so the engine runs it as one.</summary>
[Activity("Samples", "Samples", "Turns a text around.", DisplayNameRu = "Перевернуть текст"), Idempotent]
public sealed class ReverseText : CodeActivity<string>
{
    [Input(Description = "The text to turn around.")]
    public Input<string> Text { get; set; } = new("");

    protected override void Execute(ActivityExecutionContext context)
    {
        var letters = (context.Get(Text) ?? "").ToCharArray();
        Array.Reverse(letters);
        context.Set(Result, new string(letters));
    }
}
