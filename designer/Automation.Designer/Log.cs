using Microsoft.Extensions.Logging;

namespace Automation.Designer;

/// <summary>Log lines of the designer: event ids 700–799.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 700, Level = LogLevel.Error, Message = "A page failed")]
    public static partial void PageFailed(this ILogger logger, Exception cause);
}
