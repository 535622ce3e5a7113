using Automation.Activities.Crm.Common;
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
        Order = 1, DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? To { get; set; }

    [Input(DisplayName = "Subject", DisplayNameRu = "Тема", Description = "Subject line.", DescriptionRu = "Тема письма.", Order = 2, DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? Subject { get; set; }

    [Input(DisplayName = "Text", DisplayNameRu = "Текст", Description = "Plain text.", DescriptionRu = "Простой текст.", Order = 3, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? Text { get; set; }

    [Input(DisplayName = "HTML", DisplayNameRu = "HTML", Description = "The same as HTML; may be empty.", DescriptionRu = "То же в HTML; можно не заполнять.", Order = 4, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<string>? Html { get; set; }

    [Input(DisplayName = "Connection", DisplayNameRu = "Подключение", Description = "Name of the mail connection. Empty: the only one.", DescriptionRu = "Название почтового подключения. Пусто: единственное.", Order = 5, UIHint = "connection")]
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
        var (text, html) = (context.Get(Text) ?? "", context.Get(Html));
        if (text.Length == 0 && string.IsNullOrEmpty(html))
        {
            await context.EndAsync(FailedOutcome, "text_empty");
            return;
        }
        var request = new JObject { ["to"] = to, ["subject"] = context.Get(Subject) ?? "", ["text"] = text };
        if (!string.IsNullOrEmpty(html)) request["html"] = html;
        var connection = await context.ConnectionAsync<IEmailSender>(context.Get(Connection));
        // A receiver may or may not drop a double by its Message-Id: a lost answer is for a person to decide.
        context.PlanEffect(new("email", connection, request, EffectPolicy.Hold, "e-mail"), OnSentAsync);
    }

    private ValueTask OnSentAsync(ActivityExecutionContext context, EffectOutcome outcome) =>
        outcome.Done ? context.EndAsync(DoneOutcome) : context.EndAsync(FailedOutcome, outcome.Code);
}
