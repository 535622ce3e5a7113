using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting;

internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "Effect {Key} ({Kind}) threw; its result is unknown")]
    public static partial void EffectThrew(this ILogger logger, string key, string kind, Exception cause);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Mailbox {Mailbox}: a step failed, attempt {Attempt}; next in {DelayMs} ms")]
    public static partial void StepFailed(this ILogger logger, string mailbox, int attempt, double delayMs, Exception cause);

    [LoggerMessage(EventId = 102, Level = LogLevel.Error, Message = "Mailbox {Mailbox}: event {Event} given up after {Attempts} attempts")]
    public static partial void EventBuried(this ILogger logger, string mailbox, Guid @event, int attempts, Exception cause);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning, Message = "Mailbox {Mailbox}: stale_commit_refused, another activation owns it")]
    public static partial void StaleCommit(this ILogger logger, string mailbox);

    // One line a step: asked for, since there are many.
    [LoggerMessage(EventId = 118, Level = LogLevel.Debug, Message = "Run {Run} of {Mailbox}, trigger {Trigger}: step {Step}, status {Status}")]
    public static partial void RunStep(this ILogger logger, Guid run, string mailbox, string? trigger, long step, int status);

    [LoggerMessage(EventId = 119, Level = LogLevel.Warning, Message = "Run {Run} of {Mailbox}, trigger {Trigger}: stopped by a failure ({Code})")]
    public static partial void RunFaulted(this ILogger logger, Guid run, string mailbox, string? trigger, string? code);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "Recovery: {Mailboxes} mailboxes woken")]
    public static partial void Recovered(this ILogger logger, int mailboxes);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "{Loop} failed; it goes on")]
    public static partial void LoopFailed(this ILogger logger, string loop, Exception cause);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning, Message = "Run {Run} quarantined: state_unreadable")]
    public static partial void RunQuarantined(this ILogger logger, Guid run);

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning, Message = "{Events} stored events were not handed over; the sweep takes them")]
    public static partial void HandOverLost(this ILogger logger, int events, Exception cause);

    [LoggerMessage(EventId = 140, Level = LogLevel.Warning, Message = "Account {Account}: the working calendar {Calendar} does not list the days of {Year}, which begins in {DaysLeft} days; deadlines are counted by law or by the week alone. Load a newer file: calendar set {Calendar} FILE")]
    public static partial void CalendarYearMissing(this ILogger logger, Guid account, string calendar, int year, int daysLeft);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "Mailbox {Mailbox}: trigger {Trigger} stopped by {Reason}: {Cycle}")]
    public static partial void Guarded(this ILogger logger, string mailbox, string trigger, string reason, string cycle);

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning, Message = "Account {Account}: effect_budget_exceeded, {Limit} effects on {Day}; further ones fail until the next day")]
    public static partial void BudgetExceeded(this ILogger logger, Guid account, string day, int limit);

    [LoggerMessage(EventId = 109, Level = LogLevel.Warning, Message = "Account {Account}: {Host} failed {Failures} times in a row; its calls wait, one looks every 30 s")]
    public static partial void BreakerOpened(this ILogger logger, Guid account, string host, int failures);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Account {Account}: {Host} answers again")]
    public static partial void BreakerClosed(this ILogger logger, Guid account, string host);

    [LoggerMessage(EventId = 108, Level = LogLevel.Information, Message = "Redrive {Redrive} by {By}: {Items} items")]
    public static partial void RedriveStarted(this ILogger logger, Guid redrive, string by, int items);

    [LoggerMessage(EventId = 115, Level = LogLevel.Warning, Message = "node_evicted: the other nodes declared this one dead ({Context}): {Reason}")]
    public static partial void NodeEvicted(this ILogger logger, string context, string reason);

    [LoggerMessage(EventId = 116, Level = LogLevel.Information, Message = "{Nodes} node(s) gone: what they had begun is taken over")]
    public static partial void NodesGone(this ILogger logger, int nodes);

    [LoggerMessage(EventId = 117, Level = LogLevel.Error, Message = "Mailbox {Mailbox}: effect {Effect} failed before its result was known; it goes by its plan of retries")]
    public static partial void SendFailed(this ILogger logger, string mailbox, string effect, Exception cause);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information, Message = "Old rows removed: {Runs} runs, {Effects} actions, {Events} events, {Hooks} hooks, {Journal} journal rows, {Months} months of the journal")]
    public static partial void Removed(this ILogger logger, int runs, int effects, int events, int hooks, int journal, int months);

    [LoggerMessage(EventId = 122, Level = LogLevel.Information, Message = "This node is emptied: it begins nothing new and hands back what it has begun")]
    public static partial void Draining(this ILogger logger);

    [LoggerMessage(EventId = 123, Level = LogLevel.Information, Message = "This node is empty and may be stopped")]
    public static partial void Drained(this ILogger logger);

    [LoggerMessage(EventId = 124, Level = LogLevel.Information, Message = "Account {Account}: connection {Connection} ({Kind}) removed by {By}; its hooks at the other side: {Hooks}")]
    public static partial void ConnectionRemoved(this ILogger logger, Guid account, Guid connection, string kind, string by, string hooks);

    [LoggerMessage(EventId = 125, Level = LogLevel.Warning, Message = "Hooks of connection {Connection} ({Kind}) could not be taken away at the other side")]
    public static partial void HooksLeft(this ILogger logger, Guid connection, string kind, Exception? cause);

    [LoggerMessage(EventId = 190, Level = LogLevel.Warning, Message = "Back-test {BackTest} failed")]
    public static partial void BackTestFailed(this ILogger logger, Guid backTest, Exception cause);
}
