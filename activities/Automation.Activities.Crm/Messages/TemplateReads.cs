using Automation.Activities.Crm.Common;
using Automation.Engine.Expressions;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Messages;

/// <summary>A template as it was when the step ran; its texts still hold their Liquid.</summary>
internal sealed record TemplateReading(string Text, string? Subject);

internal static class TemplateReads
{
    /// <exception cref="ActivityFaultException">It is gone.</exception>
    public static async ValueTask<TemplateReading> TemplateAsync(this ActivityExecutionContext context, string name)
    {
        context.JournalData["template"] = name;
        var answer = await context.ReadAsync($"template/{name}", async cancellationToken =>
            Tokens.From(await context.GetRequiredService<IMessageTemplates>().FindAsync(context.Subject.Account, name, cancellationToken) is { } found ? new TemplateReading(found.Text, found.Subject) : null));
        return Tokens.To<TemplateReading>(answer) ?? throw new ActivityFaultException("template_missing", context.In(
            $"Нет шаблона сообщений «{name}»: создайте его под этим именем или выберите в шаге другой текст.", $"There is no message template '{name}': make one of this name, or choose another text in the step."));
    }

    /// <summary>What a text becomes on the deal; its values stay out of the journal, as those of a text in the step do.</summary>
    /// <exception cref="ActivityFaultException">It has a mistake, or lacks a value.</exception>
    public static async ValueTask<string> FillAsync(this ActivityExecutionContext context, string? text) =>
        string.IsNullOrEmpty(text) ? "" : (await context.EvaluateAsync(new Expression(ExpressionTypes.Liquid, text), canContainSecrets: true)).ToString();
}
