using Microsoft.Extensions.Logging;

namespace Automation.Engine.Expressions;

internal static partial class Log
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "Script worker {WorkerId} replaced after {Code}")]
    public static partial void WorkerReplaced(this ILogger logger, int workerId, string code);

    [LoggerMessage(EventId = 201, Level = LogLevel.Error, Message = "A script worker could not be started; scripts answer script_unavailable until one can")]
    public static partial void WorkerNotStarted(this ILogger logger, Exception cause);
}
