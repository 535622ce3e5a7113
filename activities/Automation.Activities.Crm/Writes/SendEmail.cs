using Automation.Activities.Crm.Common;
using Automation.Activities.Crm.Messages;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Sends an e-mail to the contact or to a given address.", DisplayName = "Send e-mail",
    DisplayNameRu = "Отправить письмо", DescriptionRu = "Отправляет письмо контакту или на указанный адрес.")]
[FlowNode(DoneOutcome, NoAddressOutcome, FailedOutcome)]
[Deterministic]
public sealed class SendEmail : Activity, IResilientActivity
{
    public const string DoneOutcome = "Done";
    public const string NoAddressOutcome = "No address";
    public const string FailedOutcome = "Failed";

    [Input(DisplayName = "To", Description = "Address. Empty: the contact's first one.", DisplayNameRu = "Кому", DescriptionRu = "Адрес. Пусто: первый адрес контакта.",
        Order = 4, DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? To { get; set; }

    [Input(DisplayName = "Subject", DisplayNameRu = "Тема", Description = "Subject line.", DescriptionRu = "Тема письма.", Order = 1, DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? Subject { get; set; }

    [Input(DisplayName = "Text", DisplayNameRu = "Текст", Description = "Plain text.", DescriptionRu = "Простой текст.", Order = 2, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? Text { get; set; }

    [Input(DisplayName = "Template", Description = "A message template instead of a text and subject; they are made in the settings. What stands in the step itself is sent instead of the template's.",
        DisplayNameRu = "Шаблон", DescriptionRu = "Шаблон сообщения вместо текста и темы; шаблоны создают в настройках. Если в шаге написаны свои текст или тема, отправляются они.",
        Order = 3, UIHint = "dropdown", OptionsProvider = typeof(MessageTemplateOptions))]
    public Input<string>? Template { get; set; }

    [Input(DisplayName = "HTML", DisplayNameRu = "HTML", Description = "The same as HTML; may be empty.", DescriptionRu = "То же в HTML; можно не заполнять.", Order = 5, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? Html { get; set; }

    [Input(DisplayName = "Connection", DisplayNameRu = "Подключение", Description = "Name of the mail connection. Empty: the only one.", DescriptionRu = "Название почтового подключения. Пусто: единственное.", Order = 6, UIHint = "connection")]
    public Input<string>? Connection { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var to = context.Get(To)?.Trim();
        if (string.IsNullOrEmpty(to) && await context.RootAsync("contact") is { } contact) to = Fields.Text(contact, EntityFields.Email);
        if (string.IsNullOrEmpty(to) || !System.Net.Mail.MailAddress.TryCreate(to, out _))
        {
            await context.EndAsync(NoAddressOutcome, string.IsNullOrEmpty(to) ? "address_empty" : "address_invalid");
            return;
        }
        var (subject, text, html) = (context.Get(Subject) ?? "", context.Get(Text) ?? "", context.Get(Html));
        var bare = text.Length == 0 && string.IsNullOrEmpty(html);
        if ((bare || subject.Length == 0) && context.Get(Template) is { Length: > 0 } name)
        {
            var template = await context.TemplateAsync(name);
            if (bare) text = await context.FillAsync(template.Text);
            if (subject.Length == 0) subject = await context.FillAsync(template.Subject);
        }

        if (text.Length == 0 && string.IsNullOrEmpty(html))
        {
            await context.EndAsync(FailedOutcome, "text_empty");
            return;
        }
        var request = new JObject { ["to"] = to, ["subject"] = subject, ["text"] = text };
        if (!string.IsNullOrEmpty(html)) request["html"] = html;
        var connection = await context.ConnectionAsync<IEmailSender>(context.Get(Connection));
        // A receiver may or may not drop a double by its Message-Id: a lost answer is for a person to decide.
        context.PlanEffect(new("email", connection, request, EffectPolicy.Hold, "e-mail"), OnSentAsync);
    }

    private ValueTask OnSentAsync(ActivityExecutionContext context, EffectOutcome outcome) =>
        outcome.Done ? context.EndAsync(DoneOutcome) : context.EndAsync(FailedOutcome, outcome.Code);
}
