using System.Globalization;
using Automation.Engine.Workflows;

namespace Automation.Activities.Http;

/// <summary>What to run after a status code.</summary>
public sealed class HttpStatusCodeCase
{
    public int StatusCode { get; set; }
    public IActivity? Activity { get; set; }
}

/// <summary>Sends an HTTP request and runs the activity of its status code.</summary>
[Activity("Elsa", "HTTP", "Sends an HTTP request.", Kind = ActivityKind.Task, DisplayName = "HTTP Request", DisplayNameRu = "HTTP-запрос", CategoryRu = "HTTP"), Deterministic]
public sealed class SendHttpRequest : HttpRequestActivity
{
    [Input(DisplayNameRu = "Ожидаемые коды", UIHint = "http-status-codes", Order = 7)]
    public ICollection<HttpStatusCodeCase> ExpectedStatusCodes { get; set; } = [];

    [Port(DisplayNameRu = "Другой код ответа")] public IActivity? UnmatchedStatusCode { get; set; }

    [Port(DisplayNameRu = "Нет соединения")] public IActivity? FailedToConnect { get; set; }

    [Port(DisplayNameRu = "Не дождались ответа")] public IActivity? Timeout { get; set; }

    protected override IEnumerable<int> Expected(ActivityExecutionContext context) => ExpectedStatusCodes.Select(expected => expected.StatusCode);

    protected override ValueTask OnStatusAsync(ActivityExecutionContext context, int status)
    {
        var expected = ExpectedStatusCodes.FirstOrDefault(candidate => candidate.StatusCode == status);
        return context.ScheduleActivityAsync(expected is null ? UnmatchedStatusCode : expected.Activity, OnChildCompletedAsync);
    }

    protected override ValueTask OnNoAnswerAsync(ActivityExecutionContext context, bool isTimeout) =>
        context.ScheduleActivityAsync(isTimeout ? Timeout : FailedToConnect, OnChildCompletedAsync);

    private ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) => owner.CompleteActivityAsync();
}

/// <summary>Sends an HTTP request; its status code is the way out.</summary>
[Activity("Elsa", "HTTP", "Sends an HTTP request.", Kind = ActivityKind.Task, DisplayName = "HTTP Request (flow)", DisplayNameRu = "HTTP-запрос", CategoryRu = "HTTP")]
[FlowNode("Unmatched status code", "Failed to connect", "Timeout", "Done"), Deterministic]
public sealed class FlowSendHttpRequest : HttpRequestActivity
{
    [Input(DisplayNameRu = "Ожидаемые коды", UIHint = "multitext", Order = 7)]
    public Input<ICollection<int>>? ExpectedStatusCodes { get; set; }

    protected override IEnumerable<int> Expected(ActivityExecutionContext context) => context.Get(ExpectedStatusCodes) ?? [];

    protected override ValueTask OnStatusAsync(ActivityExecutionContext context, int status)
    {
        var isExpected = Expected(context).Contains(status);
        return context.CompleteActivityWithOutcomesAsync(isExpected ? status.ToString(CultureInfo.InvariantCulture) : "Unmatched status code", "Done");
    }

    protected override ValueTask OnNoAnswerAsync(ActivityExecutionContext context, bool isTimeout) =>
        context.CompleteActivityWithOutcomesAsync(isTimeout ? "Timeout" : "Failed to connect");
}
