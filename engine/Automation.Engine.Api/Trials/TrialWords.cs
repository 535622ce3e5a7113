using System.Globalization;
using Automation.Engine.Api.Journal;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Trials;
using Automation.Engine.Matching;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Trials;

/// <summary>Says what trials showed.</summary>
internal sealed class TrialWords(ActivityRegistry activities, FunnelDocument document, CrmDirectory? directory, TimeZoneInfo zone, bool english)
{
    private readonly EventWords events = new(english, document, directory);
    private readonly ActWords acts = new(english, document, directory, zone);

    public TryView Of(DryRunReport report, string deal, bool now) => new(
        deal, report.EntityName, now ? Say("Как если бы событие произошло сейчас", "As if the event happened now") : events.Event(report.Event), report.At, [.. report.Triggers.Select(Trigger)], [.. Notes(report.Unknown)]);

    public BackTestView Of(BackTestRow row)
    {
        var request = JObject.Parse(row.Request);
        var result = row.Result is { } text ? BackTestResult.FromJson(text) : null;
        return new(
            row.Id, row.Status, (int?)request["days"] ?? 0, (string?)request["trigger"], row.DraftRevision, (int?)request["version"], Math.Min(row.Played, row.Total), row.Total, row.By, row.CreatedAt,
            row.FinishedAt, result is null || row.Status != BackTestStatus.Done ? null : Shown(result), Error(row, result));
    }

    private BackTestShown Shown(BackTestResult result) => new(result.From, result.To, result.Deals, [.. result.Cards.Select(Card)], [.. Notes(result)]);

    private BackTestCardView Card(BackTestCard card) => new(card.Trigger, card.Name, Tally(card.Draft), Tally(card.Published), [.. card.Examples.Select(Example)], Note(card.Note));

    private static TallyView? Tally(CardTally? tally) => tally is null ? null : new(tally.Fired, tally.Skipped, tally.Waiting, tally.Failed, [.. tally.Acts.Select(act => new ActCount(act.Key, act.Value))]);

    private ExampleView Example(BackTestExample example) => new(
        example.Side, example.EntityType, example.EntityId, example.Name, example.At, example.Event,
        example.Other is { } other ? events.ReasonWithValues(other) : example.Side == "draft" ? Say("опубликованная версия это событие не ждёт", "the published version does not wait for this event") : Say("черновик это событие не ждёт", "the draft does not wait for this event"));

    private string? Note(string? note)
    {
        if (note is null) return null;
        if (note == "schedule") return Say("Расписание изменено: по новым часам в прошлом событий не было", "Its schedule was changed: nothing happened at the new times in the past");
        return Say("Не проверяется, в шагах ошибка: ", "Not tried, its steps have a mistake: ") + note.Split(": ", 2)[^1];
    }

    private string? Error(BackTestRow row, BackTestResult? result) => row.Status != BackTestStatus.Failed ? null
        : result?.Error is { Length: > 0 } error and not "interrupted" ? error : Say("Прервано: сервер остановился", "Interrupted: the server stopped");

    private IEnumerable<string> Notes(BackTestResult result)
    {
        if (result.Shortened) yield return Say($"Событий слишком много: взяты последние {BackTestService.MostEvents}", $"There are too many events: the newest {BackTestService.MostEvents} were taken");
        if (result.Failures > 0) yield return Say($"Не удалось посчитать шагов: {result.Failures} ({result.Failure})", $"Steps that could not be computed: {result.Failures} ({result.Failure})");
        foreach (var note in Notes(result.Unknown)) yield return note;
    }

    private IEnumerable<string> Notes(IReadOnlyList<string> unknown)
    {
        var contacts = unknown.Count(name => name.EndsWith("/contact", StringComparison.Ordinal) || name.StartsWith("contact/", StringComparison.Ordinal));
        if (contacts > 0) yield return Say("Контакты некоторых сделок здесь не известны: вместо них взят условный", "The contacts of some deals are not known here: somebody stands for them");
        var others = unknown.Where(name => !name.EndsWith("/contact", StringComparison.Ordinal) && !name.StartsWith("contact/", StringComparison.Ordinal)).Take(5).ToList();
        if (others.Count > 0) yield return Say("В CRM и другие системы проба не обращается; считалось пустым: ", "A trial asks no other system; taken for empty: ") + string.Join(", ", others.Select(Named));
    }

    /// <summary><c>deal/7/tasks</c> as people say it.</summary>
    private string Named(string name) => name.Split('/') switch
    {
        [_, var id, "tasks"] => Say($"задачи № {id}", $"tasks of № {id}"),
        [_, var id, "notes"] => Say($"примечания № {id}", $"notes of № {id}"),
        [_, var id, "files"] => Say($"файлы № {id}", $"files of № {id}"),
        ["company", var id] => Say($"компания № {id}", $"company № {id}"),
        [.., "visit", var id] => Say($"визит № {id}", $"visit № {id}"),
        ["deals", ..] => Say("поиск похожих сделок", "the search for like deals"),
        [.., "executors"] => Say("исполнители", "executors"),
        [.., "services"] => Say("услуги", "services"),
        _ => name,
    };

    private TryTrigger Trigger(DryRunTrigger trigger)
    {
        var verdict = trigger.Verdict;
        var reason = (string?)verdict["reason"] ?? "";
        var text = reason == "definition_invalid" ? Say("в его шагах ошибка", "its steps have a mistake") + ((string?)verdict["message"] is { } why ? $": {why}" : "") : events.Reason(verdict);
        var due = DateTimeOffset.TryParse((string?)verdict["due"], CultureInfo.InvariantCulture, out var at) ? at : (DateTimeOffset?)null;
        return new(
            trigger.Id, trigger.Name, ((string?)verdict["outcome"] ?? "No").ToLowerInvariant(), reason, text, First(trigger.Later ?? verdict), [.. events.Seen(trigger.Later ?? verdict).Select(seen => new TryValue(seen.Path, seen.Value))], due,
            trigger.Later is { } later ? events.ReasonWithValues(later) : null, Ends(trigger.Status), End(trigger), [.. trigger.Steps.Select(Step).OfType<TryStep>()]);
    }

    /// <summary>The first part of a condition that was seen to be false.</summary>
    private string? First(JObject verdict) => (string?)verdict["reason"] == Reasons.ConditionFalse
        ? (verdict["seen"] as JArray ?? []).OfType<JObject>().Where(one => one["value"] is JValue { Value: false }).Select(one => events.Seen(new JObject { ["seen"] = new JArray(one) }).First().Path).FirstOrDefault()
        : null;

    private static string? Ends(RunStatus? status) => status switch
    {
        null => null,
        RunStatus.Finished => "finished",
        RunStatus.Faulted or RunStatus.Quarantined => "failed",
        RunStatus.Cancelled => "cancelled",
        _ => "waiting",
    };

    private string? End(DryRunTrigger trigger) => trigger.Status switch
    {
        null => null,
        RunStatus.Finished => Say("выполнился бы до конца", "would run to its end"),
        RunStatus.Faulted or RunStatus.Quarantined => Say("остановился бы на ошибке", "would stop at a failure"),
        RunStatus.Cancelled => Say("был бы отменён", "would be cancelled") + (trigger.Reason is { } reason ? $": {VerdictTexts.Find(reason, english ? "en" : "ru") ?? reason}" : ""),
        _ => Say("ждал бы", "would wait"),
    };

    private TryStep? Step(DryRunStep step)
    {
        var descriptor = activities.Descriptors.FirstOrDefault(one => one.TypeName == step.Type);
        if (descriptor is { IsContainer: true } && step.State != "failed") return null;
        var activity = step.Node[(step.Node.LastIndexOf(':') + 1)..];
        var kind = descriptor is null ? step.Type : english ? descriptor.DisplayName : descriptor.DisplayNameRu ?? descriptor.DisplayName;
        return new(
            step.Node, activity, step.Type, NameOf(activity) ?? kind, step.State, step.At, [.. step.Inputs.Properties().Where(input => input.Value.Type != JTokenType.Null).Select(input => Input(input, descriptor))],
            [.. step.Outcomes.Where(outcome => outcome != "Done").Select(outcome => RunWords.Outcome(outcome, english))], [.. step.Acts.Select(act => new TryAct(act.Act, acts.Of(act.Act, act.Shown, act.Summary)))],
            [.. Waits(step.Waits, kind)], step.Code ?? (string?)step.Data["reason"], step.Message);
    }

    /// <summary>An event and the time that it is waited for are one wait; of a step that waits again and again the first times and the last.</summary>
    private static IEnumerable<TryWait> Waits(IList<DryRunWait> waits, string kind)
    {
        if (waits.Any(wait => wait.Until is null)) return [new(kind, waits.Min(wait => wait.Until), waits.Any(wait => wait.Came))];
        return (waits.Count <= 4 ? waits : [.. waits.Take(2), waits[^1]]).Select(wait => new TryWait(kind, wait.Until, wait.Came));
    }

    private TryValue Input(JProperty input, ActivityDescriptor? descriptor)
    {
        var known = descriptor?.Inputs.FirstOrDefault(one => one.JsonName == input.Name);
        return new(known is null ? input.Name : english ? known.DisplayName : known.Attribute.DisplayNameRu ?? known.DisplayName, input.Value is JValue { Value: bool yes } ? yes ? Say("да", "yes") : Say("нет", "no") : input.Value is JValue plain ? plain.ToString(CultureInfo.InvariantCulture) : input.Value.ToString(Formatting.None));
    }

    /// <summary>As the admin called it.</summary>
    private string? NameOf(string activity) => document.Triggers.Select(trigger => trigger.Then).OfType<JObject>().SelectMany(then => then.Descendants().OfType<JObject>())
        .Where(node => node["id"] is JValue { Value: string id } && id == activity && node["type"] is JValue).Select(node => (string?)(node["name"] as JValue)).FirstOrDefault(name => !string.IsNullOrEmpty(name));

    private string Say(string ru, string en) => english ? en : ru;
}
