using Automation.Engine.Api.Conditions;
using Automation.Engine.Api.Journal;
using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>Says a trigger in an admin's words, Russian or English.</summary>
public sealed class TriggerWords(ActivityRegistry activities)
{
    private static readonly Dictionary<string, (string Ru, string En)> Events = new(StringComparer.Ordinal)
    {
        [TriggerEvents.CreatedInStage] = ("сделка создана на этапе", "a deal is created in the stage"),
        [TriggerEvents.EnteredStage] = ("сделка перешла на этап", "a deal enters the stage"),
        [TriggerEvents.CreatedOrEntered] = ("сделка создана на этапе или перешла на него", "a deal is created in or enters the stage"),
        [TriggerEvents.LeftStage] = ("сделка ушла с этапа", "a deal leaves the stage"),
        [TriggerEvents.FieldChanged] = ("изменилось поле", "a field changes"),
        [TriggerEvents.ResponsibleChanged] = ("сменился ответственный", "the responsible changes"),
        [TriggerEvents.TagAdded] = ("добавлен тег", "a tag is added"),
        [TriggerEvents.NoteAdded] = ("добавлено примечание", "a note is added"),
        [TriggerEvents.MessageReceived] = ("пришло сообщение", "a message arrives"),
        [TriggerEvents.CallReceived] = ("поступил звонок", "a call comes in"),
        [TriggerEvents.MailReceived] = ("пришло письмо", "an e-mail arrives"),
        [TriggerEvents.IncomingLead] = ("поступила заявка в неразобранное", "an incoming lead arrives"),
        [TriggerEvents.Webhook] = ("пришёл вебхук", "a webhook arrives"),
        [TriggerEvents.Manual] = ("запущен вручную", "it is started by hand"),
        [TriggerEvents.Schedule] = ("по расписанию", "on schedule"),
        [TriggerEvents.DateField] = ("наступает дата из поля", "the date in a field comes"),
        [TriggerEvents.BookingCreated] = ("создана запись", "a booking is made"),
        [TriggerEvents.BookingChanged] = ("изменилась запись", "a booking changes"),
        [TriggerEvents.Deleted] = ("сделка удалена", "a deal is deleted"),
    };

    public static string Event(string occurrence, bool english) =>
        Events.TryGetValue(occurrence, out var words) ? english ? words.En : words.Ru : occurrence;

    public TriggerView View(string funnel, FunnelTrigger trigger, FunnelDocument document, CrmDirectory? directory, JObject? then, bool english) => new(
        funnel, trigger.Id, trigger.Name, trigger.Enabled, trigger.When.Event, [.. trigger.When.Stages.Select(stage => StageNames.Of(stage.ToString(), document, directory))],
        When(trigger.When, directory, english), trigger.If?.Text, trigger.If?.Language, new FlowWords(activities, directory, english).Of(then))
    {
        Condition = trigger.If is { } condition ? ConditionWords.Of(condition, directory, english) : null,
    };

    /// <summary>When, under what condition and in which stages, as a sentence.</summary>
    public static string Rule(TriggerView view, bool english)
    {
        var stages = view.Stages.Count == 0 ? "" : (english, view.Stages.Count) switch
        {
            (true, 1) => " Stage: ",
            (true, _) => " Stages: ",
            (false, 1) => " Этап: ",
            _ => " Этапы: ",
        } + string.Join(", ", view.Stages) + ".";
        return $"{Occasion(view, english)}.{stages}";
    }

    /// <summary>When and under what condition: how the sentence about a card begins.</summary>
    public static string Occasion(TriggerView view, bool english) =>
        Capital(view.When) + (view.Condition is not { } condition ? "" : english ? $", if {condition}" : $", если {condition}");

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string When(When when, CrmDirectory? directory, bool english)
    {
        var words = Event(when.Event, english);
        if (when.Field is { } field) words += $" «{EventWords.NameOf(field, directory, english)}»";
        if (when.Tag is { } tag) words += $" «{tag}»";
        if (when.Cron is { } cron) words += $" {cron}";
        if (when.Source is { } source) words += english ? $" from {source}" : $" из «{source}»";
        var timing = when.Timing;
        return words + timing.Kind switch
        {
            TimingKind.After when timing.Delay is { } delay => (english ? $", {TimeLengthWords.Of(delay, true)} later" : $", через {TimeLengthWords.Of(delay, false)}") + Calendar(timing, english),
            TimingKind.DailyAt => english ? $", at {timing.At}" : $", в {timing.At}",
            TimingKind.DateField when timing.Delay is { } delay => (english
                ? $", {TimeLengthWords.Of(delay, true)} {(delay.IsNegative ? "before" : "after")} the date"
                : $", {(delay.IsNegative ? "за" : "через")} {TimeLengthWords.Of(delay, false)} {(delay.IsNegative ? "до даты" : "после даты")}") + Calendar(timing, english),
            _ => "",
        } + Active(when.Active, english);
    }

    private static string Active(ActiveHours? hours, bool english) => hours switch
    {
        null => "",
        { Week: { } week } => english ? $" (only {week})" : $" (только {week})",
        { Calendar: BundledCalendars.Default } => english ? " (in working hours)" : " (в рабочее время)",
        { Calendar: { } name } => english ? $" (in the hours of {name})" : $" (по календарю {name})",
        _ => "",
    };

    private static string Calendar(Timing timing, bool english) => timing switch
    {
        { Delay.Working: false } => "",
        { Manager: not null } => english ? " (by shifts)" : " (по графику сотрудника)",
        { Calendar: { } name } => english ? $" (calendar {name})" : $" (календарь {name})",
        _ => "",
    };
}

/// <summary>Stages by name.</summary>
internal static class StageNames
{
    /// <param name="reference"><c>pipeline/stage</c>; given back as it is when nobody knows its name.</param>
    public static string Of(string reference, FunnelDocument? document, CrmDirectory? directory)
    {
        if (document?.Stages.FirstOrDefault(stage => stage.Ref.ToString() == reference) is { } own) return own.Name;
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || directory is null) return reference;
        var pipeline = directory.Pipelines.FirstOrDefault(one => one.Id == reference[..slash]);
        return pipeline?.Stages.FirstOrDefault(stage => stage.Id == reference[(slash + 1)..])?.Name ?? reference;
    }
}
