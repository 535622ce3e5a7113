using Automation.Connectors.Http;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MimeKit.IO;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Email;

/// <summary>Mail over SMTP, one connection a message. "Accepted by the server" is the end; bounces are not read.</summary>
public sealed class EmailSender : IEmailSender
{
    private const long MaxBytes = 10 * 1024 * 1024;
    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(30);

    private readonly Connection connection;
    private readonly ISecrets secrets;
    private readonly RateLimiter limiter;
    private readonly TimeProvider clock;
    private readonly Action<bool> answered;

    /// <param name="answered">Told after every call whether the server answered as one does that is there.</param>
    internal EmailSender(Connection connection, ISecrets secrets, RateLimiter limiter, TimeProvider clock, Action<bool> answered) =>
        (this.connection, this.secrets, this.limiter, this.clock, this.answered) = (connection, secrets, limiter, clock, answered);

    /// <summary>Where the connection's mail goes.</summary>
    internal static (string? Host, int Port) Server(Connection connection) => (
        (string?)connection.Settings["host"] ?? connection.BaseUrl?.Host,
        (int?)connection.Settings["port"] ?? ((string?)connection.Settings["security"])?.ToLowerInvariant() switch { "tls" or "ssl" => 465, _ => 587 });

    public async Task<EffectResult> SendAsync(EmailRequest request, CancellationToken cancellationToken)
    {
        var (host, port) = Server(connection);
        var user = (string?)connection.Settings["user"];
        var from = (string?)connection.Settings["from"] ?? user;
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(from)) return new Rejected("email_settings_missing", $"The connection '{connection.Name}' needs 'host' and 'from'.");
        var (message, error) = EmailMessages.Build(request, from, (string?)connection.Settings["replyTo"], clock.GetUtcNow());
        if (message is null) return new Rejected("email_address_invalid", error!);
        using (message)
        {
            using var size = new MeasuringStream();
            await message.WriteToAsync(size, cancellationToken);
            if (size.Length > MaxBytes) return new Rejected("email_message_refused", "The message is larger than 10 MB.");
            using var turn = await limiter.EnterAsync(connection.Id.ToString(), cancellationToken);
            return await SendAsync(message, host, port, user, cancellationToken);
        }
    }

    private async Task<EffectResult> SendAsync(MimeMessage message, string host, int port, string? user, CancellationToken cancellationToken)
    {
        var progress = new Progress();
        using var client = new SmtpClient { Timeout = (int)StepTime.TotalMilliseconds };
        try
        {
            var security = Security((string?)connection.Settings["security"], host);
            if (security is null) return new Rejected("email_settings_missing", "The connection's 'security' must be 'starttls', 'tls', or 'none' for a host of this machine.");
            await client.ConnectAsync(host, port, security.Value, cancellationToken);
            if (!string.IsNullOrEmpty(user))
            {
                if (await secrets.ReadAsync(connection.Id, "password", cancellationToken) is not { Length: > 0 } password)
                    return new Rejected("email_credentials_missing", $"The connection '{connection.Name}' has no password.");
                await client.AuthenticateAsync(user, password, cancellationToken);
            }
            await client.SendAsync(message, cancellationToken, progress);
            answered(true);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && EmailFailures.Meaning(failure, progress.Complete) is { } meaning)
        {
            answered(EmailFailures.IsAnswer(failure));
            return meaning;
        }
        catch (OperationCanceledException) when (progress.Complete)
        {
            return new ResultUnknown("Stopped while the mail server was answering.");
        }
        await GoodbyeAsync(client, cancellationToken);
        return new Delivered(new JObject { ["id"] = message.MessageId });
    }

    /// <summary>Taken is taken, however the parting goes.</summary>
    private static async Task GoodbyeAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(true, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or ProtocolException or OperationCanceledException)
        {
        }
    }

    /// <summary>A password never goes over an open line: without protection only to this machine (tests, a local relay).</summary>
    private SecureSocketOptions? Security(string? setting, string host) => setting?.ToLowerInvariant() switch
    {
        null or "" or "starttls" => SecureSocketOptions.StartTls,
        "tls" or "ssl" => SecureSocketOptions.SslOnConnect,
        "none" when host is "localhost" or "127.0.0.1" or "::1" || connection.AllowedHosts.Contains(host) => SecureSocketOptions.None,
        _ => null,
    };

    private sealed class Progress : ITransferProgress
    {
        /// <summary>The whole message has been written to the line.</summary>
        public bool Complete { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Complete = bytesTransferred >= totalSize;

        public void Report(long bytesTransferred) { }
    }
}
