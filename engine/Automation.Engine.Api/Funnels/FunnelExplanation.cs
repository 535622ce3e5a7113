using System.Text;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;

namespace Automation.Engine.Api.Funnels;

/// <summary>A whole funnel in words: Markdown to read, print or give to a colleague.</summary>
public sealed class FunnelExplanation(TriggerWords words)
{
    public string Of(FunnelDocument document, CrmDirectory? directory, bool english)
    {
        var text = new StringBuilder().Append("# ").Append(Plain(document.Name)).Append("\n\n");
        text.Append(english
            ? $"Stages: {document.Stages.Count}, cards: {document.Triggers.Count}. Cards of one event go in this order.\n"
            : $"Этапов: {document.Stages.Count}, карточек: {document.Triggers.Count}. По одному событию карточки срабатывают в этом порядке.\n");
        var triggers = document.Triggers.Select((trigger, place) => (trigger, place)).OrderBy(one => one.trigger.Order).ThenBy(one => one.place).Select(one => one.trigger).ToList();
        foreach (var stage in document.Stages)
        {
            text.Append("\n## ").Append(Plain(stage.Name)).Append("\n\n");
            var here = triggers.Where(trigger => trigger.When.Stages.Count > 0 && trigger.When.Stages[0] == stage.Ref).ToList();
            foreach (var trigger in here) Say(trigger);
            if (here.Count == 0) text.Append(english ? "Nothing happens by itself here.\n" : "Здесь само ничего не происходит.\n");
        }

        var everywhere = triggers.Where(trigger => trigger.When.Stages.Count == 0 || document.Stages.All(stage => stage.Ref != trigger.When.Stages[0])).ToList();
        if (everywhere.Count == 0) return text.ToString();
        text.Append(english ? "\n## In every stage\n\n" : "\n## На всех этапах\n\n");
        foreach (var trigger in everywhere) Say(trigger);
        return text.ToString();

        void Say(FunnelTrigger trigger)
        {
            var view = words.View(document.Slug, trigger, document, directory, trigger.Then, english);
            text.Append("- **").Append(Plain(trigger.Name)).Append("**").Append(trigger.Enabled ? "" : english ? " (switched off)" : " (выключена)").Append('\n');
            text.Append(english ? "  - When: " : "  - Когда: ").Append(Plain(view.When));
            if (view.Stages.Count > 1) text.Append(english ? $"; in the stages {Plain(string.Join(", ", view.Stages))}" : $"; на этапах: {Plain(string.Join(", ", view.Stages))}");
            text.Append(".\n");
            if (view.Condition is { } condition) text.Append(english ? "  - If: " : "  - Если: ").Append(condition == view.If ? $"`{condition.Replace('`', '\'').ReplaceLineEndings(" ")}`" : Plain(condition)).Append(".\n");
            text.Append(english ? "  - Then: " : "  - То: ").Append(view.Then.Count == 0 ? "…" : Plain(string.Join(" → ", view.Then))).Append(".\n");
            text.Append("  - ").Append((trigger.Reentry, english) switch
            {
                (Reentry.OnceEver, false) => "Один раз для каждой сделки",
                (Reentry.OnceEver, true) => "Once for each deal",
                (Reentry.EveryTime, false) => "Каждый раз",
                (Reentry.EveryTime, true) => "Every time",
                (_, false) => "Один раз за заход на этап",
                _ => "Once for each visit to the stage",
            });
            text.Append((trigger.OnLeave, english) switch
            {
                (OnLeave.Cancel, false) => "; если сделка ушла с этапа, ожидание отменяется.\n",
                (OnLeave.Cancel, true) => "; when the deal leaves, what waits is cancelled.\n",
                (_, false) => "; начатое доводится до конца, даже если сделка ушла.\n",
                _ => "; what began is finished even when the deal leaves.\n",
            });
        }
    }

    /// <summary>Names are people's: what Markdown would take as a sign is a sign no more.</summary>
    private static string Plain(string text) => new StringBuilder(text.ReplaceLineEndings(" ")).Replace("\\", "\\\\").Replace("*", "\\*").Replace("_", "\\_").Replace("`", "\\`").Replace("[", "\\[").Replace("<", "\\<").Replace("#", "\\#").ToString();
}
