using Automation.Engine.Expressions;
using Automation.Engine.Mailboxes;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <inheritdoc cref="IActivityInvoker"/>
/// <remarks>Never throws for what the activity does: a failure is an answer with <c>fault</c>, and the run gets an incident.</remarks>
public sealed class ActivityInvoker(IExpressionEvaluator evaluator, TimeProvider clock) : IActivityInvoker
{
    /// <summary>Longest one call may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task<JToken> InvokeAsync(CompiledWorkflow workflow, JObject request, MailboxKey subject, IServiceProvider services, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            RecordingContext Open(JObject json) => new((Plan)workflow, json, subject, services, evaluator, either.Token);
            var context = Open(request);
            var child = request["child"] is JObject ended ? Child(request, ended, Open) : null;
            // A pool thread and WaitAsync: an activity that blocks or ignores its token must not hold the sender.
            await Task.Run(() => CallAsync(context, child, (string?)request["method"]), either.Token).WaitAsync(either.Token);
            return Finish(context);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Fault("activity_timeout", $"The activity took longer than {Limit.TotalSeconds} s.");
        }
        catch (ActivityFaultException fault)
        {
            return Fault(fault.Code, fault.Message);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            return Fault("activity_failed", $"{request["node"]} failed: {cause.GetType().Name}: {cause.Message}");
        }
    }

    private static async Task CallAsync(RecordingContext context, RecordingContext? child, string? method)
    {
        if (method is null)
        {
            if (!await context.Activity.CanExecuteAsync(context)) throw new ActivityFaultException("activity_cannot_execute", $"{context.Activity.Type} says that it cannot be executed now.");
            await context.Activity.ExecuteAsync(context);
        }
        else if (child is not null)
        {
            await context.Node.Callback<ActivityCompletionCallback>(method)(context, child);
        }
        else
        {
            await context.Node.Callback<ExecuteActivityDelegate>(method)(context);
        }
    }

    private static RecordingContext Child(JObject request, JObject child, Func<JObject, RecordingContext> open)
    {
        var json = new JObject(request) { ["node"] = child["node"], ["execution"] = child["execution"], ["inputs"] = new JObject() };
        json.Remove("properties");
        var context = open(json);
        context.Exits = [.. child["outcomes"]!.Select(outcome => (string)outcome!)];
        return context;
    }

    private static JObject Finish(RecordingContext context)
    {
        var answer = context.Answer;
        if (context.State.Count > 0) answer["properties"] = JsonText.Normalize(context.State);
        if (context.Journal.Count > 0) answer["journal"] = JsonText.Normalize(context.Journal);
        if (context.Exits is { } outcomes) answer["outcomes"] = new JArray(outcomes);
        answer["run"] = new JObject { ["name"] = context.Run.Name, ["correlationId"] = context.Run.CorrelationId };
        return answer;
    }

    private static JObject Fault(string code, string message) => new() { ["fault"] = new JObject { ["code"] = code, ["message"] = message } };
}
