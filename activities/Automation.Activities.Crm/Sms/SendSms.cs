using Automation.Activities.Crm.Common;
using Automation.Activities.Crm.Messages;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Sms;

/// <summary>Sends one SMS to the contact's first mobile number, or to a given one.</summary>
[Activity("Crm", "CRM", "Sends an SMS to the contact's first mobile number or to a given one.", DisplayName = "Send SMS",
    DisplayNameRu = "Отправить SMS", DescriptionRu = "Отправляет SMS на первый мобильный номер контакта или на указанный номер.")]
[FlowNode(DoneOutcome, NoPhoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class SendSms : Activity, IResilientActivity
{
    public const string DoneOutcome = "Done";
    public const string NoPhoneOutcome = "No phone";
    public const string FailedOutcome = "Failed";

    [Input(DisplayName = "Phone", Description = "Empty: the contact's first mobile number. May hold several numbers; the first mobile one is taken.",
        DisplayNameRu = "Телефон", DescriptionRu = "Пусто: первый мобильный номер контакта. Если номеров несколько, берётся первый мобильный.",
        Order = 3, DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? Phone { get; set; }

    [Input(DisplayName = "Text", Description = "The message.", DisplayNameRu = "Текст", DescriptionRu = "Текст сообщения.",
        Order = 1, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true, IsRequired = true, Instead = nameof(Template))]
    public Input<string>? Text { get; set; }

    [Input(DisplayName = "Template", Description = "A message template instead of a text; they are made in the settings. A text that stands in the step is sent instead of the template's.",
        DisplayNameRu = "Шаблон", DescriptionRu = "Шаблон сообщения вместо текста; шаблоны создают в настройках. Если в шаге написан свой текст, отправляется он.",
        Order = 2, UIHint = "dropdown", OptionsProvider = typeof(MessageTemplateOptions))]
    public Input<string>? Template { get; set; }

    [Input(DisplayName = "Sender", Description = "Registered sender name. Empty: the gateway's default.",
        DisplayNameRu = "Отправитель", DescriptionRu = "Зарегистрированное имя отправителя. Пусто: имя по умолчанию.", Order = 4)]
    public Input<string>? Sender { get; set; }

    [Input(DisplayName = "Connection", Description = "Name of the gateway's connection. Empty: the only one.",
        DisplayNameRu = "Подключение", DescriptionRu = "Название подключения SMS-шлюза. Пусто: единственное.", Order = 5, UIHint = "connection")]
    public Input<string>? Connection { get; set; }

    [Input(DisplayName = "Limit of parts", Description = "A longer text is not sent. Default 4.",
        DisplayNameRu = "Не больше частей", DescriptionRu = "Более длинный текст не отправляется. По умолчанию 4.", Order = 6, DefaultValue = 4)]
    public Input<int>? MaxParts { get; set; }

    [Input(DisplayName = "Country", Description = "Country of numbers written without a code. Default RU.",
        DisplayNameRu = "Страна", DescriptionRu = "Страна номеров, записанных без кода. По умолчанию RU.", Order = 7, DefaultValue = "RU")]
    public Input<string>? Country { get; set; }

    [Output(DisplayName = "Message id", Description = "The gateway's id of the message.", DisplayNameRu = "Номер сообщения", DescriptionRu = "Номер, который дал SMS-шлюз.")]
    public Output<string>? MessageId { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var text = context.Get(Text)?.Trim() ?? "";
        if (text.Length == 0 && context.Get(Template) is { Length: > 0 } template) text = (await context.FillAsync((await context.TemplateAsync(template)).Text)).Trim();
        var parts = SmsText.Parts(text);
        context.JournalData["parts"] = parts;
        if (parts == 0)
        {
            await context.EndAsync(FailedOutcome, "text_empty");
            return;
        }
        var limit = MaxParts is null ? 4 : context.Get(MaxParts);
        if (parts > limit)
        {
            await context.EndAsync(FailedOutcome, "text_too_long");
            return;
        }
        var (phone, reason) = await FindPhoneAsync(context);
        if (phone is null)
        {
            await context.EndAsync(NoPhoneOutcome, reason);
            return;
        }
        await PlanAsync(context, phone, text, parts);
    }

    private async ValueTask<PhoneReading> FindPhoneAsync(ActivityExecutionContext context)
    {
        var given = context.Get(Phone);
        var region = context.Get(Country) is { Length: > 0 } country ? country : "RU";
        if (!string.IsNullOrWhiteSpace(given)) return PhoneReader.FirstMobile([given], region);
        var contact = await context.RootAsync("contact");
        return PhoneReader.FirstMobile(contact is null ? [] : Fields.Texts(Fields.Value(contact, EntityFields.Phone)), region);
    }

    private async ValueTask PlanAsync(ActivityExecutionContext context, string phone, string text, int parts)
    {
        var connection = await context.ConnectionAsync<ISmsGateway>(context.Get(Connection));
        var policy = await context.ReadAsync($"sms/{connection.Value:N}/policy", async cancellationToken =>
            new JValue((await context.OpenAsync<ISmsGateway>(connection, cancellationToken)).Policy.ToString()));
        var masked = PhoneReader.Mask(phone);
        context.JournalData["phone"] = masked;
        var request = new JObject { ["phone"] = phone, ["text"] = text, ["parts"] = parts };
        if (context.Get(Sender) is { Length: > 0 } sender) request["sender"] = sender;
        context.PlanEffect(new("sms", connection, request, Enum.Parse<EffectPolicy>(policy.ToString()), $"SMS {masked}, {parts}"), OnSentAsync);
    }

    private ValueTask OnSentAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (!outcome.Done) return context.EndAsync(FailedOutcome, outcome.Code);
        context.Set(MessageId, (string?)outcome.Value.SelectToken("id"));
        return context.EndAsync(DoneOutcome);
    }
}
