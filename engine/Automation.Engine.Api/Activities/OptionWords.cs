namespace Automation.Engine.Api.Activities;

/// <summary>Choices of drop-down lists in an admin's words.</summary>
public static class OptionWords
{
    // Where a choice means something else in one input, that one goes first: input.choice.
    private static readonly Dictionary<string, (string Ru, string En)> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["all"] = ("Все", "All"),
        ["booking"] = ("Запись", "The booking"),
        ["channelName."] = ("Основной", "Default"),
        ["company"] = ("Компания", "Company"),
        ["contact"] = ("Контакт", "Contact"),
        ["contentType."] = ("По содержимому тела", "As the body is"),
        ["copy"] = ("Скопировать", "Copy"),
        ["crm"] = ("CRM", "The CRM"),
        ["deal"] = ("Сделка", "Deal"),
        ["duplicateCheck.company"] = ("По компании", "By company"),
        ["duplicateCheck.contact"] = ("По контакту", "By contact"),
        ["duplicateCheck.none"] = ("Не искать", "Do not look"),
        ["emoji"] = ("Значок", "A symbol"),
        ["fallback.none"] = ("Никого", "Nobody"),
        ["ignore-shifts"] = ("Наименее загруженный, без учёта смен", "The least loaded, whatever the shifts"),
        ["journal"] = ("Журнал запуска", "The run's journal"),
        ["key"] = ("По ключу", "By key"),
        ["leave"] = ("Оставить", "Leave"),
        ["list"] = ("По списку", "Those of the list"),
        ["move"] = ("Перенести", "Move"),
        ["newest"] = ("Более новое", "The newer one"),
        ["none"] = ("Нет", "None"),
        ["note"] = ("Добавить примечание", "Add a note"),
        ["onDuplicate.move"] = ("Перевести на этап", "Move it to the stage"),
        ["skip"] = ("Ничего не делать", "Do nothing"),
        ["sticky.company"] = ("Менеджер компании", "The company's"),
        ["sticky.contact"] = ("Менеджер контакта", "The contact's"),
        ["text"] = ("Текст", "A text"),
        ["update"] = ("Обновить её", "Update it"),
        ["user"] = ("Указанный сотрудник", "The one named"),
        ["Низкий"] = ("Низкий", "Low"),
        ["Обычный"] = ("Обычный", "Normal"),
        ["Высокий"] = ("Высокий", "High"),
        ["Срочный"] = ("Срочный", "Urgent"),
        ["Critical"] = ("Критичный", "Critical"),
        ["Debug"] = ("Отладка", "Debug"),
        ["Error"] = ("Ошибка", "Error"),
        ["Information"] = ("Сведения", "Information"),
        ["Trace"] = ("Подробности", "Trace"),
        ["Warning"] = ("Предупреждение", "Warning"),
        ["MatchAny"] = ("Все подходящие", "All that match"),
        ["MatchFirst"] = ("Первый подходящий", "The first that matches"),
        ["WaitAll"] = ("Все ветви", "Every branch"),
        ["WaitAllActive"] = ("Все начатые ветви", "Every branch that is taken"),
        ["WaitAny"] = ("Первую из ветвей", "The first branch"),
    };

    public static bool Knows(string input, string choice) => Words.ContainsKey($"{input}.{choice}") || Words.ContainsKey(choice);

    /// <summary>The choice in words; itself where there are none, as for names that a person gave.</summary>
    public static string Of(string input, string choice, bool english) =>
        Words.TryGetValue($"{input}.{choice}", out var words) || Words.TryGetValue(choice, out words) ? english ? words.En : words.Ru : choice;
}
