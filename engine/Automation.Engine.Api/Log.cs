using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api;

internal static partial class Log
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Error, Message = "{Method} {Route} failed")]
    public static partial void RequestFailed(this ILogger logger, string method, string route, Exception cause);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "Hooks of connection {Connection} cannot be stored")]
    public static partial void HookNotStored(this ILogger logger, Guid connection, Exception? cause);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "The reader of {Source} failed on a hook of connection {Connection}")]
    public static partial void HookReaderFailed(this ILogger logger, string source, Guid connection, Exception cause);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "A hint for connection {Connection} was not followed; the next pass of its feed reads what changed")]
    public static partial void HintFailed(this ILogger logger, Guid connection, Exception cause);

    [LoggerMessage(EventId = 304, Level = LogLevel.Warning, Message = "Waiting events cannot be counted")]
    public static partial void WaitingNotCounted(this ILogger logger, Exception cause);

    [LoggerMessage(EventId = 305, Level = LogLevel.Warning, Message = "Sign-in refused for {Address}: {Code}")]
    public static partial void SignInRefused(this ILogger logger, string address, string code);

    [LoggerMessage(EventId = 307, Level = LogLevel.Warning, Message = "{Caller} was refused: the role {Role} does not allow {Method} {Route}")]
    public static partial void RoleRefused(this ILogger logger, string caller, string role, string method, string route);

    [LoggerMessage(EventId = 310, Level = LogLevel.Information, Message = "{User} signed in from {Address}")]
    public static partial void SignedIn(this ILogger logger, Guid user, string address);

    [LoggerMessage(EventId = 311, Level = LogLevel.Information, Message = "User {User} joined as {Role} by a link of {Kind}")]
    public static partial void UserJoined(this ILogger logger, Guid user, string role, string kind);

    [LoggerMessage(EventId = 312, Level = LogLevel.Information, Message = "{Caller} changed user {User}: {What}")]
    public static partial void UserChanged(this ILogger logger, string caller, Guid user, string what);

    [LoggerMessage(EventId = 313, Level = LogLevel.Information, Message = "{Caller} made a link that lets in a new {Role}")]
    public static partial void LinkMade(this ILogger logger, string caller, string role);

    [LoggerMessage(EventId = 306, Level = LogLevel.Warning, Message = "Watched runs could not be looked at; the next turn tries again")]
    public static partial void WatchFailed(this ILogger logger, Exception cause);
}
