namespace Automation.Engine.Api.Failures;

/// <summary>Why something was given up, in an admin's words.</summary>
public static class FailureWords
{
    private static readonly Dictionary<string, (string Ru, string En)> Texts = new(StringComparer.Ordinal)
    {
        ["retries_exhausted"] = ("все попытки исчерпаны", "all tries are used up"),
        ["poison_crash"] = ("сервер несколько раз остановился на этом событии", "the server stopped several times at this event"),
        ["deal_blocked"] = ("ждёт: раньше по этой сделке был сбой", "waits: something of this deal failed before"),
        ["state_unreadable"] = ("сохранённое состояние запуска не читается", "the run's stored state cannot be read"),
        ["run_faulted"] = ("шаг не выполнен", "a step was not done"),
        ["run_too_long"] = ("в запуске слишком много шагов, похоже на цикл", "the run has too many steps, this looks like a loop"),
        ["effect_budget_exceeded"] = ("на сегодня исчерпано число действий", "the day's number of actions is used up"),
        ["decided_failed"] = ("человек решил: не сделано", "a person decided: not done"),
        ["internal"] = ("внутренняя ошибка", "an internal error"),
        ["expression_failed"] = ("значение не удалось вычислить", "a value could not be computed"),
        ["value_missing"] = ("не хватает значения", "a value is missing"),
        ["expression_invalid"] = ("в формуле или тексте ошибка", "a formula or text has a mistake"),
        ["expression_too_complex"] = ("формула или текст слишком длинные или слишком сложные", "a formula or text is too long or too complex"),
        ["script_timeout"] = ("скрипт работал слишком долго", "a script took too long"),
        ["script_memory"] = ("скрипту не хватило памяти", "a script needs too much memory"),
        ["script_recursion"] = ("скрипт слишком много раз вызывает сам себя", "a script calls itself too often"),
        ["script_too_complex"] = ("скрипт слишком длинный или слишком сложный", "a script is too long or too complex"),
        ["script_forbidden"] = ("скрипту это не разрешено", "a script may not do this"),
        ["script_failed"] = ("в скрипте ошибка", "a script has a mistake"),
        ["script_result_invalid"] = ("скрипт вернул неподходящее значение", "a script gave back a value that does not fit"),
        ["script_unavailable"] = ("скрипт не удалось выполнить: скрипты были заняты", "a script could not be run: scripts were busy"),
        ["assign_failed"] = ("CRM не приняла нового ответственного", "the CRM refused the new responsible"),
        ["payload_invalid"] = ("пришедшее сообщение не читается", "the message that came cannot be read"),
    };

    /// <summary>Null for a code that has no words of its own: then the message says it.</summary>
    public static string? Of(string? code, bool english) => code is not null && Texts.TryGetValue(code, out var text) ? english ? text.En : text.Ru : null;
}
