using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>What differs between two versions of a funnel, in sentences.</summary>
public sealed class DifferenceWords(TriggerWords words)
{
    public IReadOnlyList<DifferenceLine> Between(FunnelDocument from, FunnelDocument to, CrmDirectory? directory, bool english)
    {
        var lines = new List<DifferenceLine>();
        foreach (var edit in DraftMerge.Between(from, to))
        {
            if (edit.Part == PartEdit.Head) lines.AddRange(Head(from, to, english).Select(text => new DifferenceLine("", "changed", text)));
            else if (edit.Before is null) lines.Add(new(edit.Part, "added", Whole(FunnelJson.ReadTrigger(edit.After!), to)));
            else if (edit.After is null) lines.Add(new(edit.Part, "removed", english ? $"“{edit.Before["name"]}”" : $"«{edit.Before["name"]}»"));
            else lines.AddRange(Changed(FunnelJson.ReadTrigger(edit.Before), FunnelJson.ReadTrigger(edit.After)).Select(text => new DifferenceLine(edit.Part, "changed", (english ? $"“{edit.After["name"]}”: " : $"«{edit.After["name"]}»: ") + text)));
        }

        return lines;

        string Whole(FunnelTrigger trigger, FunnelDocument document)
        {
            var view = words.View(document.Slug, trigger, document, directory, trigger.Then, english);
            var condition = view.Condition is null ? "" : english ? $", if {view.Condition}" : $", если {view.Condition}";
            return (english ? $"“{trigger.Name}”: " : $"«{trigger.Name}»: ") + $"{view.When}{condition} → {(view.Then.Count == 0 ? "…" : string.Join(", ", view.Then))}";
        }

        // What sounds alike is told as it is written.
        static string? If(TriggerView view, TriggerView other) => view.Condition == other.Condition ? view.If : view.Condition;

        IEnumerable<string> Changed(FunnelTrigger before, FunnelTrigger after)
        {
            var (was, now) = (words.View(from.Slug, before, from, directory, before.Then, english), words.View(to.Slug, after, to, directory, after.Then, english));
            if (before.Name != after.Name) yield return english ? $"was called “{before.Name}”" : $"раньше называлась «{before.Name}»";
            if (before.Enabled != after.Enabled) yield return after.Enabled ? english ? "switched on" : "включена" : english ? "switched off" : "выключена";
            if (was.When != now.When) yield return english ? $"when: {was.When} → {now.When}" : $"когда: {was.When} → {now.When}";
            if (!was.Stages.SequenceEqual(now.Stages)) yield return english ? $"stages: {Span(was.Stages)} → {Span(now.Stages)}" : $"этапы: {Span(was.Stages)} → {Span(now.Stages)}";
            if (was.When == now.When && was.Stages.SequenceEqual(now.Stages) && before.When != after.When && !JToken.DeepEquals(FunnelJson.ToJson(before.When), FunnelJson.ToJson(after.When))) yield return english ? "when: other settings" : "когда: другие настройки";
            if (before.If != after.If) yield return english ? $"if: {If(was, now) ?? "always"} → {If(now, was) ?? "always"}" : $"если: {If(was, now) ?? "всегда"} → {If(now, was) ?? "всегда"}";
            if (!was.Then.SequenceEqual(now.Then)) yield return english ? $"then: {Steps(was.Then)} → {Steps(now.Then)}" : $"то: {Steps(was.Then)} → {Steps(now.Then)}";
            else if (!JToken.DeepEquals(before.Then, after.Then)) yield return english ? "then: settings of the actions changed" : "то: изменены настройки действий";
            if (before.Reentry != after.Reentry) yield return english ? "fires how often: changed" : Reentry(after.Reentry);
            if (before.OnLeave != after.OnLeave) yield return (after.OnLeave, english) switch
            {
                (OnLeave.Cancel, false) => "ожидание отменяется, когда сделка уходит с этапа",
                (OnLeave.Cancel, true) => "what waits is cancelled when the deal leaves",
                (_, false) => "ожидание продолжается, когда сделка уходит с этапа",
                _ => "what waits goes on when the deal leaves",
            };
            if (before.Debounce != after.Debounce) yield return english ? "events that follow one another quickly: changed" : "частые события: изменено";
            if (before.Order != after.Order) yield return english ? "another place in the order" : "другое место по порядку";
        }

        string Span(IReadOnlyList<string> stages) => stages.Count == 0 ? english ? "all" : "все" : string.Join(", ", stages);

        static string Steps(IReadOnlyList<string> steps) => steps.Count == 0 ? "…" : string.Join(", ", steps);
    }

    private static string Reentry(Reentry reentry) => reentry switch
    {
        Automation.Engine.Funnels.Reentry.OnceEver => "срабатывает для сделки один раз",
        Automation.Engine.Funnels.Reentry.EveryTime => "срабатывает каждый раз",
        _ => "срабатывает один раз за заход на этап",
    };

    private static IEnumerable<string> Head(FunnelDocument from, FunnelDocument to, bool english)
    {
        if (from.Name != to.Name) yield return english ? $"The funnel was called “{from.Name}”, now “{to.Name}”" : $"Воронка называлась «{from.Name}», теперь «{to.Name}»";
        if (from.Connection != to.Connection) yield return english ? $"CRM: {from.Connection} → {to.Connection}" : $"CRM: {from.Connection} → {to.Connection}";
        var (gone, come) = (from.Stages.Where(stage => to.Stages.All(one => one.Ref != stage.Ref)).ToList(), to.Stages.Where(stage => from.Stages.All(one => one.Ref != stage.Ref)).ToList());
        if (come.Count > 0) yield return (english ? "New stages: " : "Новые этапы: ") + string.Join(", ", come.Select(stage => stage.Name));
        if (gone.Count > 0) yield return (english ? "Stages that went: " : "Убраны этапы: ") + string.Join(", ", gone.Select(stage => stage.Name));
        if (come.Count == 0 && gone.Count == 0 && !from.Stages.SequenceEqual(to.Stages)) yield return english ? "Names, colours or order of stages" : "Названия, цвета или порядок этапов";
    }
}
