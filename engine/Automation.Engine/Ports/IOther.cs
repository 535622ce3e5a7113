using Automation.Engine.Accounts;
using Automation.Engine.Effects;

namespace Automation.Engine.Ports;

/// <summary>Sends mail.</summary>
public interface IEmailSender
{
    Task<EffectResult> SendAsync(EmailRequest request, CancellationToken cancellationToken);
}

/// <param name="EffectKey">Becomes the Message-Id, so that many receivers drop a double.</param>
public sealed record EmailRequest(string EffectKey, string To, string Subject, string Text, string? Html);

/// <summary>The one guarded way out over HTTP (S5).</summary>
public interface IHttpGateway
{
    Task<HttpAnswer> SendAsync(HttpCall call, CancellationToken cancellationToken);
}

/// <param name="Method">GET, POST …: a text, so that the engine knows no HTTP client.</param>
/// <param name="AllowedHosts">Hosts allowed for this call beside public ones: those of the connection it goes through.</param>
/// <param name="Sensitive">True: the address holds a secret and is never logged.</param>
/// <param name="Timeout">Whole call. Default 10 s.</param>
public sealed record HttpCall(
    AccountId Account, string Method, Uri Url, IReadOnlyDictionary<string, string>? Headers = null, ReadOnlyMemory<byte> Body = default,
    string? ContentType = null, IReadOnlyList<string>? AllowedHosts = null, bool Sensitive = false, TimeSpan? Timeout = null);

/// <summary>An answer, or why there is none. "Not sent" and "answer lost" are different: the second may have been done.</summary>
public abstract record HttpAnswer
{
    private HttpAnswer() { }

    public sealed record Received(int Status, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, string? ContentType) : HttpAnswer;

    /// <summary>Refused by the guard: <c>destination_denied</c>, <c>redirect_denied</c>, <c>response_too_large</c>, <c>header_denied</c>, <c>url_denied</c>.</summary>
    public sealed record Denied(string Code, string Message) : HttpAnswer;

    /// <summary>Nothing reached the other side (no address, refused connection, TLS failure).</summary>
    public sealed record NotSent(string Reason) : HttpAnswer;

    /// <summary>The request went out and no answer came (time-out, reset).</summary>
    public sealed record Lost(string Reason) : HttpAnswer;
}
