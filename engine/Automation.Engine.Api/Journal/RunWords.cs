using System.Globalization;
using Automation.Engine.Api.Failures;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Journal;

/// <summary>Says in words what a run's row and an effect's row tell.</summary>
internal static class RunWords
{
    // Told by the activity that waits in working time.
    private const string CalendarYearMissing = "CalendarYearMissing";

    private static readonly Dictionary<string, string?> Outcomes = new(StringComparer.Ordinal)
    {
        ["True"] = "да",
        ["False"] = "нет",
        ["Default"] = "иначе",
        ["Failed"] = "не удалось",
        ["Failed to connect"] = "нет связи",
        ["Timeout"] = "нет ответа вовремя",
        ["Unmatched status code"] = "другой ответ",
        ["No change"] = "без изменений",
        ["No phone"] = "нет телефона",
        ["No address"] = "нет адреса",
        ["Missing fields"] = "не заполнены поля",
        ["Refused"] = "отказ",
        ["Duplicate"] = "уже есть",
        ["Assigned"] = "назначен",
        ["Fallback"] = "назначен запасной",
        ["Nobody"] = "некого назначить",
    };

    /// <summary>The exit of a step by name.</summary>
    public static string Outcome(string outcome, bool english) => english ? outcome : Outcomes.GetValueOrDefault(outcome, outcome) ?? outcome;

    public static (string Text, string Tone) Run(JObject facts, string? trigger, TimeZoneInfo zone, bool english)
    {
        var name = trigger is not null ? $"«{trigger}»" : facts["imported"] is not null ? english ? "Run from a file" : "Запуск из файла" : english ? "Run" : "Запуск";
        var status = (string?)facts["status"];
        return status switch
        {
            "Finished" => ($"{name}: {(english ? "finished" : "выполнен")}", "fired"),
            "Faulted" => ($"{name}: {(english ? "stopped by a failure" : "остановлен ошибкой")}{Incident(facts, english)}", "trouble"),
            "Cancelled" => ($"{name}: {(english ? "cancelled" : "отменён")}{Cancelled(facts, english)}", "quiet"),
            "Running" when facts["imported"] is not null => ($"{name}: {(english ? "went on" : "шёл дальше")}", "plain"),
            _ => ($"{name}: {Waits(facts, zone, english)}", "plain"),
        };
    }

    public static (string Text, string Tone) Effect(JObject facts, bool english)
    {
        if ((string?)facts["state"] == "decided")
        {
            var decision = (string?)facts["decision"];
            var words = decision switch { "done" => english ? "it was done" : "сделано", "again" => english ? "send again" : "отправить ещё раз", _ => english ? "not done" : "не сделано" };
            return ($"{(english ? "Decided" : "Решение")} ({(string?)facts["by"]}): {words}: {(string?)facts["summary"]}", "plain");
        }

        if ((string?)facts["state"] == "done") return ($"{(english ? "Done on a second attempt" : "Выполнено при повторе")}: {(string?)facts["summary"]}", "fired");
        var failed = (string?)facts["state"] == "failed";
        var text = failed ? english ? "Not done" : "Не выполнено" : english ? "Result unknown, a person decides" : "Результат неизвестен, нужно решение человека";
        return ($"{text}: {(string?)facts["summary"]}{Reason(facts, english)}", "trouble");
    }

    public static IEnumerable<JournalLine> Lines(JObject facts, ActivityRegistry activities, bool english)
    {
        foreach (var effect in Planned(facts)) yield return new(null, (english ? "planned: " : "запланировано: ") + (string?)effect["summary"], "plain");
        foreach (var fact in RunFacts.Of(facts))
        {
            var type = (string?)fact["type"];
            var activity = activities.Descriptors.FirstOrDefault(one => one.TypeName == type);
            if (activity is null or { IsContainer: true }) continue;
            var name = english ? activity.DisplayName : activity.DisplayNameRu ?? activity.DisplayName;
            if ((string?)fact["event"] == "Completed")
            {
                var outcomes = (fact["outcomes"] as JArray ?? []).Select(outcome => (string?)outcome).Where(outcome => outcome != "Done").Select(outcome => english ? outcome : Outcomes.GetValueOrDefault(outcome ?? "", outcome)).ToList();
                yield return new(null, outcomes.Count == 0 ? name : $"{name}: {string.Join(", ", outcomes)}", "done");
            }
            else if ((string?)fact["event"] == CalendarYearMissing)
            {
                yield return new(null, $"{name}: {Calendars.CalendarWords.MissingOnTheWay(fact["payload"], english)}", "trouble");
            }
            else if ((string?)fact["event"] == "Faulted")
            {
                yield return new(null, $"{name}: {Why((string?)fact["code"], (string?)fact["message"], english)}", "trouble");
            }
        }
    }

    private static IEnumerable<JToken> Planned(JObject facts) => (facts["facts"] as JArray ?? []).Where(fact => (string?)fact["event"] == "EffectPlanned");

    /// <summary>A moment as people write it, in the zone of the account.</summary>
    public static string Moment(DateTimeOffset at, TimeZoneInfo zone, bool english) => TimeZoneInfo.ConvertTime(at, zone).ToString("ddd d MMM HH:mm", CultureInfo.GetCultureInfo(english ? "en-GB" : "ru-RU"));

    private static string Waits(JObject facts, TimeZoneInfo zone, bool english)
    {
        var due = (facts["waits"] as JArray ?? []).Select(wait => (string?)wait["due"]).FirstOrDefault(at => at is not null);
        if (DateTimeOffset.TryParse(due, CultureInfo.InvariantCulture, out var at)) return (english ? "waits until " : "ждёт до ") + Moment(at, zone, english);
        return !Planned(facts).Any() ? english ? "waits" : "ждёт" : english ? "acts" : "действует";
    }

    private static string Incident(JObject facts, bool english) => (facts["incidents"] as JArray)?.LastOrDefault() is JObject last
        ? $": {Why((string?)(last["Code"] ?? last["code"]), (string?)(last["Message"] ?? last["message"]), english)}"
        : "";

    // The words of a code where it has some, and what was said of it; a code alone only where nothing else is known.
    private static string Why(string? code, string? message, bool english) => (FailureWords.Of(code, english), message) switch
    {
        ({ } words, { Length: > 0 }) => $"{words}: {message}",
        ({ } words, _) => words,
        (_, { Length: > 0 }) => message,
        _ => code ?? "",
    };

    private static string Cancelled(JObject facts, bool english) => WhyCancelled(facts, english) is { } why ? $" ({why})" : "";

    /// <summary>What cancelled a run, by the row that tells of it: a reason of the engine's in words, else what was said; null when nothing was.</summary>
    public static string? WhyCancelled(JObject facts, bool english) => (string?)facts["stimulus"]?["reason"] is { Length: > 0 } reason
        ? Automation.Engine.Matching.VerdictTexts.Find(reason, english ? "en" : "ru") ?? reason
        : null;

    private static string Reason(JObject facts, bool english) => (string?)facts["code"] is { } code ? $" ({Why(code, (string?)facts["message"], english)})" : "";
}
