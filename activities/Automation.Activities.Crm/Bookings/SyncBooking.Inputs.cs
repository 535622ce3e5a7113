using Automation.Activities.Crm.Common;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

public sealed partial class SyncBooking
{
    [Input(DisplayName = "Booking connection", Description = "Name of the booking system's connection. Empty: the only one.", DisplayNameRu = "Подключение записи", DescriptionRu = "Название подключения системы записи. Пусто: единственное.", Order = 1, UIHint = "connection")]
    public Input<string>? BookingConnection { get; set; }

    [Input(DisplayName = "CRM connection", Description = "Name of the CRM's connection. Empty: the only one.", DisplayNameRu = "Подключение CRM", DescriptionRu = "Название подключения CRM. Пусто: единственное.", Order = 2, UIHint = "connection")]
    public Input<string>? CrmConnection { get; set; }

    [Input(DisplayName = "Pipeline", Description = "Where a deal is made for a visit.", DisplayNameRu = "Воронка", DescriptionRu = "Где создавать сделку для визита.", Order = 3, UIHint = "crm-pipeline")]
    public Input<string>? PipelineId { get; set; }

    [Input(DisplayName = "Stage", Description = "Stage of a new deal whose visit state is not in the map.", DisplayNameRu = "Этап", DescriptionRu = "Этап новой сделки, если состояния визита нет в таблице.", Order = 4, UIHint = "crm-stage")]
    public Input<string>? StageId { get; set; }

    [Input(DisplayName = "States and stages", Description = "JSON rows of state (Booked, Confirmed, Arrived, Done, NoShow, Cancelled), stage (id or name), pipelineId.",
        DisplayNameRu = "Состояния и этапы", DescriptionRu = "JSON-строки: state (Booked, Confirmed, Arrived, Done, NoShow, Cancelled), stage (id или название), pipelineId.", Order = 5, UIHint = "json-editor")]
    public Input<JToken>? States { get; set; }

    [Input(DisplayName = "When both changed", Description = "newest, booking or crm wins.", DisplayNameRu = "Если изменили обе стороны", DescriptionRu = "newest — новейшее, booking — запись, crm — CRM.",
        Order = 6, UIHint = "dropdown", Options = new[] { "newest", "booking", "crm" }, DefaultValue = "newest")]
    public Input<string>? Conflict { get; set; }

    [Input(DisplayName = "Length, minutes", Description = "Of a new visit. Default 60.", DisplayNameRu = "Длительность, минут", DescriptionRu = "Нового визита. По умолчанию 60.", Order = 7, DefaultValue = 60)]
    public Input<int>? Minutes { get; set; }

    [Input(DisplayName = "Field: service", DisplayNameRu = "Поле: услуга", Order = 10, DefaultValue = "Услуга", UIHint = "crm-field-name")]
    public Input<string>? ServiceField { get; set; }

    [Input(DisplayName = "Field: specialist", DisplayNameRu = "Поле: специалист", Order = 11, DefaultValue = "Специалист", UIHint = "crm-field-name")]
    public Input<string>? ExecutorField { get; set; }

    [Input(DisplayName = "Field: date and time", DisplayNameRu = "Поле: дата визита", Order = 12, DefaultValue = "Дата визита", UIHint = "crm-field-name")]
    public Input<string>? DateField { get; set; }

    [Input(DisplayName = "Field: visit id", DisplayNameRu = "Поле: id визита", Order = 13, DefaultValue = "Visit ID", UIHint = "crm-field-name")]
    public Input<string>? VisitIdField { get; set; }

    [Input(DisplayName = "Field: client id", DisplayNameRu = "Поле: id клиента", Order = 14, DefaultValue = "Client ID", UIHint = "crm-field-name")]
    public Input<string>? ClientIdField { get; set; }

    [Input(DisplayName = "Visit number as name", Description = "The deal's name becomes the visit number.", DisplayNameRu = "Номер визита в название", DescriptionRu = "Название сделки становится номером визита.", Order = 15, DefaultValue = true)]
    public Input<bool>? RenameDeal { get; set; }

    [Input(DisplayName = "Country", Description = "Country of numbers written without a code. Default RU.", DisplayNameRu = "Страна", DescriptionRu = "Страна номеров, записанных без кода. По умолчанию RU.", Order = 16, DefaultValue = "RU")]
    public Input<string>? Country { get; set; }

    [Input(DisplayName = "Remind after, minutes", Description = "Looks again after so long and makes a task that names the fields still empty. 0: no task.", DisplayNameRu = "Напомнить через, минут", DescriptionRu = "Через это время смотрит ещё раз и ставит задачу с названиями незаполненных полей. 0: без задачи.", Order = 17, DefaultValue = 0)]
    public Input<int>? HintMinutes { get; set; }

    [Output(DisplayName = "Missing fields", Description = "Names of what a visit still needs; for the text of a task.", DisplayNameRu = "Недостающие поля", DescriptionRu = "Чего ещё не хватает для визита; для текста задачи.")]
    public Output<ICollection<string>>? MissingFields { get; set; }

    internal string ServiceName(ActivityExecutionContext context) => Or(context, ServiceField, "Услуга");

    internal string ExecutorName(ActivityExecutionContext context) => Or(context, ExecutorField, "Специалист");

    internal string DateName(ActivityExecutionContext context) => Or(context, DateField, "Дата визита");

    private string VisitId(ActivityExecutionContext context) => Or(context, VisitIdField, "Visit ID");

    private string ClientId(ActivityExecutionContext context) => Or(context, ClientIdField, "Client ID");

    private string Region(ActivityExecutionContext context) => Or(context, Country, "RU");

    private bool Renames(ActivityExecutionContext context) => RenameDeal is null || context.Get(RenameDeal);

    private static string Or(ActivityExecutionContext context, Input<string>? input, string otherwise) => context.Get(input) is { Length: > 0 } given ? given : otherwise;
}
