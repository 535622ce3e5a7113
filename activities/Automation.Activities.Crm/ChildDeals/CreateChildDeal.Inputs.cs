using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.ChildDeals;

public sealed partial class CreateChildDeal
{
    [Input(DisplayName = "Pipeline", Description = "The child's pipeline.", DisplayNameRu = "Воронка", DescriptionRu = "Воронка новой сделки.", Order = 1, UIHint = "crm-pipeline", IsRequired = true)]
    public Input<string>? PipelineId { get; set; }

    [Input(DisplayName = "Stage", Description = "The child's stage.", DisplayNameRu = "Этап", DescriptionRu = "Этап новой сделки.", Order = 2, UIHint = "crm-stage", IsRequired = true)]
    public Input<string>? StageId { get; set; }

    [Input(DisplayName = "Name", Description = "Empty: the parent's name.", DisplayNameRu = "Название", DescriptionRu = "Пусто: название исходной сделки.", Order = 3, DefaultSyntax = "Liquid")]
    public Input<string>? DealName { get; set; }

    [Input(DisplayName = "Responsible", Description = "Empty: the parent's.", DisplayNameRu = "Ответственный", DescriptionRu = "Пусто: как у исходной.", Order = 4, UIHint = "crm-user")]
    public Input<string>? ResponsibleId { get; set; }

    [Input(DisplayName = "Copy fields", Description = "all, none or list.", DisplayNameRu = "Копировать поля", DescriptionRu = "all — все, none — никаких, list — по списку.",
        Order = 5, UIHint = "dropdown", Options = new[] { FieldCopy.All, FieldCopy.None, FieldCopy.Chosen }, DefaultValue = FieldCopy.All)]
    public Input<string>? CopyFields { get; set; }

    [Input(DisplayName = "Fields", Description = "Names or ids for the list; source = target writes into another field.",
        DisplayNameRu = "Поля", DescriptionRu = "Названия или id для списка; источник = цель пишет в другое поле.", Order = 6, UIHint = "multi-text")]
    public Input<ICollection<string>>? FieldList { get; set; }

    [Input(DisplayName = "Copy tags", DisplayNameRu = "Копировать теги", Order = 7, DefaultValue = true)]
    public Input<bool>? CopyTags { get; set; }

    [Input(DisplayName = "Copy budget", DisplayNameRu = "Копировать бюджет", Order = 8, DefaultValue = true)]
    public Input<bool>? CopyBudget { get; set; }

    [Input(DisplayName = "Same contact", DisplayNameRu = "Тот же контакт", Order = 9, DefaultValue = true)]
    public Input<bool>? CopyContact { get; set; }

    [Input(DisplayName = "Same company", DisplayNameRu = "Та же компания", Order = 10, DefaultValue = true)]
    public Input<bool>? CopyCompany { get; set; }

    [Input(DisplayName = "Notes", Description = "Notes and messages, each with author, time and deal.", DisplayNameRu = "Примечания", DescriptionRu = "Примечания и сообщения, каждое с автором, временем и сделкой.", Order = 11, DefaultValue = true)]
    public Input<bool>? CopyNotes { get; set; }

    [Input(DisplayName = "Calls as notes", Description = "With a link to the recording; no call is added to the CRM's statistics.", DisplayNameRu = "Звонки примечаниями", DescriptionRu = "Со ссылкой на запись; в статистике звонков CRM ничего не добавляется.", Order = 12, DefaultValue = true)]
    public Input<bool>? CopyCalls { get; set; }

    [Input(DisplayName = "E-mails as notes", Description = "Nothing is sent again.", DisplayNameRu = "Письма примечаниями", DescriptionRu = "Ничего не отправляется повторно.", Order = 13, DefaultValue = true)]
    public Input<bool>? CopyMails { get; set; }

    [Input(DisplayName = "Files", Description = "Attaches the parent's files.", DisplayNameRu = "Файлы", DescriptionRu = "Прикрепляет файлы исходной сделки.", Order = 14, DefaultValue = true)]
    public Input<bool>? CopyFiles { get; set; }

    [Input(DisplayName = "Open tasks", Description = "move, copy or leave.", DisplayNameRu = "Открытые задачи", DescriptionRu = "move — перенести, copy — скопировать, leave — оставить.",
        Order = 15, UIHint = "dropdown", Options = new[] { "move", "copy", "leave" }, DefaultValue = "move")]
    public Input<string>? Tasks { get; set; }

    [Input(DisplayName = "Check for duplicates", Description = "An open deal in the target pipeline: none, contact, company, or key.",
        DisplayNameRu = "Проверка дублей", DescriptionRu = "Открытая сделка в целевой воронке: none — не искать, contact — контакта, company — компании, key — по ключу.",
        Order = 16, UIHint = "dropdown", Options = new[] { "none", "contact", "company", "key" }, DefaultValue = "none")]
    public Input<string>? DuplicateCheck { get; set; }

    [Input(DisplayName = "Duplicate key", Description = "Text that the name or a field of the other deal equals.", DisplayNameRu = "Ключ дубля", DescriptionRu = "Текст, которому равно название или поле другой сделки.", Order = 17, DefaultSyntax = "Liquid")]
    public Input<string>? DuplicateKey { get; set; }

    [Input(DisplayName = "On a duplicate", Description = "skip, note, move or update the found deal.", DisplayNameRu = "Если дубль найден", DescriptionRu = "skip — ничего, note — примечание, move — перевести на этап, update — обновить.",
        Order = 18, UIHint = "dropdown", Options = new[] { "skip", "note", "move", "update" }, DefaultValue = "skip")]
    public Input<string>? OnDuplicate { get; set; }

    [Output(DisplayName = "Deal id", Description = "Id of the child, or of the duplicate found.", DisplayNameRu = "Номер сделки", DescriptionRu = "Новой сделки или найденной такой же.")]
    public Output<string>? DealId { get; set; }

    private static bool On(ActivityExecutionContext context, Input<bool>? input) => input is null || context.Get(input);
}
