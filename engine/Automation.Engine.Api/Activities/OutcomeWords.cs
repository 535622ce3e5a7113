namespace Automation.Engine.Api.Activities;

/// <summary>Exits of activities in an admin's words.</summary>
public static class OutcomeWords
{
    private static readonly Dictionary<string, (string Ru, string En)> Words = new(StringComparer.Ordinal)
    {
        ["Approved"] = ("Согласовано", "Approved"),
        ["Assigned"] = ("Менеджер назначен", "A manager is assigned"),
        ["Canceled"] = ("Отменено", "Cancelled"),
        ["Completed"] = ("Завершено", "Completed"),
        ["Default"] = ("Иначе", "Otherwise"),
        ["Done"] = ("Готово", "Done"),
        ["Duplicate"] = ("Такая сделка уже есть", "There is such a deal already"),
        ["Failed"] = ("Не удалось", "It failed"),
        ["Failed to connect"] = ("Нет соединения", "No connection"),
        ["Fallback"] = ("Назначен запасной", "The stand-in is assigned"),
        ["False"] = ("Нет", "No"),
        ["File too large"] = ("Файл слишком велик", "The file is too large"),
        ["Happened"] = ("Дождались", "It happened"),
        ["Invalid file MIME type"] = ("Не тот тип файла", "Not that type of file"),
        ["Invalid file extension"] = ("Не то расширение файла", "Not that file extension"),
        ["Missing fields"] = ("Не все поля заполнены", "Fields are missing"),
        ["No address"] = ("Нет адреса почты", "No e-mail address"),
        ["No change"] = ("Менять нечего", "Nothing to change"),
        ["No phone"] = ("Нет телефона", "No phone number"),
        ["Nobody"] = ("Назначить некого", "Nobody to assign"),
        ["Refused"] = ("Отказано", "Refused"),
        ["Rejected"] = ("Отклонено", "Rejected"),
        ["Request too large"] = ("Запрос слишком велик", "The request is too large"),
        ["Timeout"] = ("Не дождались ответа", "No answer in time"),
        ["TimedOut"] = ("Не дождались", "It did not happen in time"),
        ["True"] = ("Да", "Yes"),
        ["Unmatched status code"] = ("Другой код ответа", "Another status code"),
    };

    public static bool Knows(string outcome) => Words.ContainsKey(outcome);

    /// <summary>The exit in words; its own name where a plug-in or a person gave it.</summary>
    public static string Of(string outcome, bool english) => Words.TryGetValue(outcome, out var words) ? english ? words.En : words.Ru : outcome;
}
