using System.Net.Sockets;
using Automation.Engine.Effects;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Automation.Connectors.Email;

/// <summary>What a failure means for a message, by how far it had gone.</summary>
internal static class EmailFailures
{
    private static readonly TimeSpan GreyListing = TimeSpan.FromMinutes(5);

    /// <param name="afterData">True when the message had left and only its answer was missing.</param>
    /// <returns>Null for what is no failure of mail.</returns>
    public static EffectResult? Meaning(Exception failure, bool afterData) => failure switch
    {
        AuthenticationException => new Rejected("email_credentials_refused", "The mail server refused user or password. Enter them again."),
        SmtpCommandException command => Refused(command),
        SslHandshakeException => new Rejected("email_tls_failed", "No safe connection to the mail server: its certificate or protocol is not trusted."),
        ServiceNotAuthenticatedException => new Rejected("email_credentials_missing", "The mail server wants user and password."),
        NotSupportedException => new Rejected("email_tls_failed", "The mail server offers no safe connection or no way to sign in that is known here."),
        SmtpProtocolException or IOException or SocketException or ServiceNotConnectedException or OperationCanceledException or TimeoutException => afterData
            ? new ResultUnknown("The mail server's answer to the message was lost.")
            : new Retry(null, "The connection to the mail server broke before it had the message."),
        _ => null,
    };

    /// <summary>The server is there and refused, also for a while and this receiver; false where it is gone or says that it is closing (421).</summary>
    public static bool IsAnswer(Exception failure) => failure is AuthenticationException or SslHandshakeException or ServiceNotAuthenticatedException or NotSupportedException or SmtpCommandException { StatusCode: not SmtpStatusCode.ServiceNotAvailable };

    private static EffectResult Refused(SmtpCommandException command)
    {
        var status = (int)command.StatusCode;
        if (status is >= 400 and < 500) return new Retry(GreyListing, $"The mail server asks to try later ({status}).");
        return command.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted => new Rejected("email_recipient_refused", $"The mail server refused the receiver's address ({status})."),
            SmtpErrorCode.SenderNotAccepted => new Rejected("email_sender_refused", $"The mail server refused the sender's address ({status}). Check the connection's 'from'."),
            SmtpErrorCode.MessageNotAccepted => new Rejected("email_message_refused", $"The mail server refused the message ({status}): size or contents."),
            _ => new Rejected("email_refused", $"The mail server refused the mail ({status})."),
        };
    }
}
