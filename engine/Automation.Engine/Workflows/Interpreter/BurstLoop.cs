using Automation.Engine.Effects;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

// Runs activities' code, one piece at a time, until nothing is left to do.
internal sealed partial class Burst
{
    public async ValueTask DrainAsync()
    {
        while (End is null)
        {
            if (_ended.TryDequeue(out var ended)) await TellParentAsync(ended);
            else if (!_scheduled.TryDequeue(out var next)) break;
            else if (next.Status == ExecutionStatus.Scheduled) await ExecuteAsync(next);
        }
        if (End is null && Waits.IsEmpty) Stop(RunStatus.Faulted);  // only incidents are left: nothing will ever come
    }

    public async ValueTask ResumeAsync(Execution execution, Bookmark bookmark, JToken payload)
    {
        if (bookmark.AutoBurn) Waits.Take(bookmark, execution);
        Facts.Add(execution, "Resumed")["bookmark"] = bookmark.Id;
        if (bookmark.Callback is null) Complete(execution, Done);
        else if (!execution.Node.Descriptor.IsDeterministic) ActivityCall.Plan(execution, bookmark.Callback, payload, null);
        else await RunAsync(execution, payload, e => e.Node.Callback<ExecuteActivityDelegate>(bookmark.Callback)(e));
    }

    public async ValueTask ResumeAsync(Execution execution, PendingEffect effect, EffectOutcome outcome)
    {
        Waits.Take(effect, execution);
        var fact = Facts.Add(execution, "Resumed");
        fact["effect"] = effect.Key;
        fact["done"] = outcome.Done;
        if (!outcome.Done) fact["code"] = outcome.Code;
        await RunAsync(execution, JValue.CreateNull(), e =>
        {
            if (effect.Callback != ActivityCall.Callback) return e.Node.Callback<EffectCallback>(effect.Callback)(e, outcome);
            outcome.EnsureDone();
            ActivityCall.Apply(e, (JObject)outcome.Value);
            return ValueTask.CompletedTask;
        });
    }

    public void Fault(Execution execution, string code, string message)
    {
        if (!execution.IsLive) return;
        var activity = execution.Activity;
        execution.Status = ExecutionStatus.Faulted;  // stays among its parent's children, so that a chart with a fault does not complete
        foreach (var child in execution.LiveChildren.ToArray()) Cancel(child);
        Waits.Clear(execution);
        Incidents.Add(new Incident(activity.Id, activity.NodeId, activity.Type, code, message, Environment.Now));
        Facts.Faulted(execution, code, message);
        if (!Plan.ContinuesWithIncidents || code == "run_too_long") EndFaulted();
    }

    /// <summary>Ends the run as failed; what stands in its state is kept for a redrive.</summary>
    public void GiveUp(string code, string message)
    {
        Incidents.Add(new Incident(Root.Activity.Id, Root.NodeId, Root.Activity.Type, code, message, Environment.Now));
        var fact = Facts.Add(Root, "GivenUp");
        (fact["code"], fact["message"]) = (code, message);
        EndFaulted();
    }

    private void EndFaulted()
    {
        foreach (var child in Root.LiveChildren.ToArray()) DropWaits(child);
        Stop(RunStatus.Faulted);
    }

    private void DropWaits(Execution execution)
    {
        Waits.Clear(execution);
        foreach (var child in execution.LiveChildren) DropWaits(child);
    }

    private async ValueTask ExecuteAsync(Execution execution)
    {
        execution.Status = ExecutionStatus.Running;
        if (++Executions > MostExecutions)
        {
            Fault(execution, "run_too_long", $"The run has executed {MostExecutions} activities; a loop probably never ends.");
            return;
        }
        if (execution.Node.Variables.Count > 0) execution.DeclareVariables();
        await RunAsync(execution, JValue.CreateNull(), StartAsync);
    }

    private async ValueTask StartAsync(Execution execution)
    {
        Facts.Started(execution);
        if (!execution.Node.Descriptor.IsDeterministic) ActivityCall.Plan(execution, null, null, null);
        else if (await execution.Activity.CanExecuteAsync(execution)) await execution.Activity.ExecuteAsync(execution);
        else throw new ActivityFaultException("activity_cannot_execute", $"{execution.Activity.Type} says that it cannot be executed now.");
    }

    private async ValueTask TellParentAsync(Execution child)
    {
        if (child.Parent is not { } parent)
        {
            Stop(RunStatus.Finished);
            return;
        }
        if (parent.Status != ExecutionStatus.Running) return;
        if (child.CompletionCallback is not { } callback)
        {
            if (!parent.IsWaiting) Complete(parent, Done);
        }
        else if (!parent.Node.Descriptor.IsDeterministic)
        {
            ActivityCall.Plan(parent, callback, null, child);
        }
        else
        {
            await RunAsync(parent, JValue.CreateNull(), e => (child.CompletionDelegate ?? e.Node.Callback<ActivityCompletionCallback>(callback))(e, child));
        }
    }

    // The edge where an activity's failure becomes an incident. A failed read is not the activity's: the step is undone.
    private async ValueTask RunAsync(Execution execution, JToken payload, Func<Execution, ValueTask> code)
    {
        (Current, Payload) = (execution, payload);
        try
        {
            await execution.EvaluateInputsAsync();
            await code(execution);
            if (execution.Status == ExecutionStatus.Running && !execution.IsWaiting) EndIdle(execution);
        }
        catch (ActivityFaultException fault)
        {
            Fault(execution, fault.Code, fault.Message);
        }
        catch (Exception cause) when (cause is not (StepInputException or OperationCanceledException))
        {
            Fault(execution, "activity_failed", $"{execution.Activity.Type} failed: {cause.GetType().Name}: {cause.Message}");
        }
        finally
        {
            (Current, Payload) = (null, JValue.CreateNull());
        }
    }

    private void EndIdle(Execution execution)
    {
        if (execution.Node.CompletesItself || execution.ScheduledNothing) Complete(execution, Done);
        else Fault(execution, "activity_never_completes", $"{execution.Activity.Type} returned without completing and waits for nothing. It must complete, schedule, plan an effect or create a bookmark.");
    }
}
