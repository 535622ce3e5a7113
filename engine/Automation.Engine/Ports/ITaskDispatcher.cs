using Automation.Engine.Accounts;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Ports;

/// <summary>Is told of each task that a run asks for (<c>Elsa.RunTask</c>). Register as many as there are ways to carry tasks out.</summary>
/// <remarks>The same task may be told more than once, after an answer that was lost: its id tells.</remarks>
public interface ITaskDispatcher
{
    /// <param name="taskId">Completes it: <c>POST /elsa/api/tasks/{taskId}/complete</c>.</param>
    Task DispatchAsync(AccountId account, string taskId, string taskName, JObject payload, CancellationToken cancellationToken);
}
