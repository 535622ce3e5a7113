using Automation.Engine.Ports;
using MimeKit;

namespace Automation.Connectors.Email;

/// <summary>A request as a MIME message. The key becomes its Message-Id, so a message sent twice is one to many receivers.</summary>
internal static class EmailMessages
{
    /// <returns>The message, or why it cannot be one.</returns>
    public static (MimeMessage? Message, string? Error) Build(EmailRequest request, string from, string? replyTo, DateTimeOffset now)
    {
        if (!MailboxAddress.TryParse(OneLine(from), out var sender)) return (null, "The connection's 'from' is no mail address.");
        if (!MailboxAddress.TryParse(OneLine(request.To), out var receiver)) return (null, "The receiver is no mail address.");
        var message = new MimeMessage
        {
            Subject = OneLine(request.Subject),
            Date = now,
            MessageId = $"{request.EffectKey}@{(sender.Domain.Length > 0 ? sender.Domain : "localhost")}",
            Body = new BodyBuilder { TextBody = request.Text, HtmlBody = request.Html }.ToMessageBody(),
        };
        message.From.Add(sender);
        message.To.Add(receiver);
        if (replyTo is not null && MailboxAddress.TryParse(OneLine(replyTo), out var reply)) message.ReplyTo.Add(reply);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return (message, null);
    }

    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
}
