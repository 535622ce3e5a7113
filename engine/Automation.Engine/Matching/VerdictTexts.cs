using Automation.Engine.Calendars;

namespace Automation.Engine.Matching;

/// <summary>Reasons in an admin's words, Russian and English.</summary>
public static class VerdictTexts
{
    private static readonly Dictionary<string, (string Ru, string En)> Texts = new(StringComparer.Ordinal)
    {
        [Reasons.Fired] = ("сработал", "fired"),
        [Reasons.Scheduled] = ("запланирован, условия будут проверены ещё раз в срок", "scheduled; it looks again when the time comes"),
        [Reasons.Disabled] = ("выключен", "it is switched off"),
        [Reasons.OtherEvent] = ("ждёт другого события", "it waits for another event"),
        [Reasons.NothingChanged] = ("событие ничего не изменило", "the event changed nothing"),
        [Reasons.OutsideSpan] = ("сделка не на его этапе", "the deal is not in its stage"),
        [Reasons.InsideSpan] = ("сделка перешла внутри его этапов, а не вошла в них", "the deal moved within its stages, it did not enter them"),
        [Reasons.OtherField] = ("изменилось другое поле", "another field changed"),
        [Reasons.OtherTag] = ("добавлен другой тег", "another tag was added"),
        [Reasons.OtherSource] = ("событие из другой системы", "the event came from another system"),
        [Reasons.AlreadyThisVisit] = ("уже сработал, пока сделка на этом этапе", "it fired already during this stay in the stage"),
        [Reasons.AlreadyEver] = ("уже сработал для этой сделки, а он срабатывает один раз", "it fired already for this deal and fires once ever"),
        [Reasons.ConditionFalse] = ("условие не выполнено", "its condition is not met"),
        [Reasons.DatePassed] = ("дата уже прошла", "the date has passed"),
        [Reasons.DateMissing] = ("поле с датой пустое", "the date field is empty"),
        [Reasons.Republished] = ("опубликована новая версия воронки", "a new version of the funnel was published"),
        [Reasons.LeftSpan] = ("сделка ушла с этапа до срока", "the deal left the stage before the time came"),
        [Reasons.TooSoon] = ("недавно уже сработал, а он не срабатывает чаще заданного времени", "it fired a short while ago and does not fire more often than was set"),
        [Reasons.Replaced] = ("вместо него сработает более позднее событие", "a later event took its place"),
        [Reasons.OutsideHours] = ("событие пришло вне его часов", "the event came outside its hours"),
        [Reasons.LoopGuard] = ("остановлен для этой сделки: срабатывает слишком часто, похоже на цикл; снова включить его может человек", "stopped for this deal: it fires too often, this looks like a loop; a person can let it go on"),
        [Reasons.ChainTooDeep] = ("остановлен: слишком длинная цепочка собственных изменений", "stopped: the chain of own changes is too long"),
        [CalendarInvalidException.Code] = ("рабочий календарь не найден или в нём ошибка", "its working calendar is not there or has a mistake"),
        [NoWorkingTimeException.Code] = ("срок не посчитать: в календаре или графике нет рабочего времени", "the deadline cannot be counted: the calendar or the shifts have no working time"),
        ["state_unreadable"] = ("запуск отложен: его сохранённое состояние не читается; остальные идут дальше", "the run is set aside: its stored state cannot be read; the others go on"),
        ["value_missing"] = ("не хватает значения для проверки условия", "a value that the condition needs is missing"),
        ["expression_failed"] = ("условие не удалось вычислить", "the condition could not be computed"),
        ["expression_invalid"] = ("в условии ошибка", "its condition has a mistake"),
        ["expression_too_complex"] = ("условие слишком длинное или слишком сложное", "its condition is too long or too complex"),
        ["expression_type_unknown"] = ("условие написано на языке, которого здесь нет", "its condition is in a language that is not there"),
        ["script_timeout"] = ("скрипт условия выполнялся слишком долго", "the condition's script took too long"),
        ["script_memory"] = ("скрипту условия не хватило памяти", "the condition's script needs too much memory"),
        ["script_recursion"] = ("скрипт условия слишком много раз вызывает сам себя", "the condition's script calls itself too often"),
        ["script_too_complex"] = ("скрипт условия слишком длинный или слишком сложный", "the condition's script is too long or too complex"),
        ["script_forbidden"] = ("скрипт условия делает то, что ему не разрешено", "the condition's script does what it may not do"),
        ["script_failed"] = ("в скрипте условия ошибка", "the condition's script has a mistake"),
        ["script_result_invalid"] = ("скрипт условия вернул неподходящее значение", "the condition's script gave back a value that does not fit"),
        ["script_unavailable"] = ("скрипт условия не удалось выполнить: скрипты были заняты", "the condition's script could not be run: scripts were busy"),
    };

    /// <summary>A code without words of its own is not shown: the message beside it, where there is one, says more.</summary>
    public static string Of(string reason, string language) => Find(reason, language) ?? (language == "en" ? "the condition could not be checked" : "условие не удалось проверить");

    /// <summary>Null for a reason that has no words of its own.</summary>
    public static string? Find(string reason, string language) => Texts.TryGetValue(reason, out var text) ? language == "en" ? text.En : text.Ru : null;
}
