using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Common;

/// <summary>What the activities read from outside; every read goes through the journal.</summary>
internal static class ContextReads
{
    /// <summary>The connection that offers the port, by name or the account's only one.</summary>
    public static async ValueTask<ConnectionId> ConnectionAsync<TPort>(this ActivityExecutionContext context, string? name) where TPort : class
    {
        var answer = await context.ReadAsync($"connection/{typeof(TPort).Name}/{name}", async cancellationToken =>
        {
            var found = await context.GetRequiredService<IPorts>().FindAsync(context.Subject.Account, typeof(TPort), name, cancellationToken);
            return found is null ? JValue.CreateNull() : new JValue(found.Id.Value.ToString());
        });
        return answer.Type == JTokenType.Null
            ? throw ConnectionMissing<TPort>(context, name)
            : new(Guid.Parse(answer.ToString()));
    }

    /// <summary>The CRM of the subject itself; for subjects of other systems, the named or only CRM.</summary>
    public static ValueTask<ConnectionId> CrmAsync(this ActivityExecutionContext context, string? name = null) =>
        string.IsNullOrEmpty(name) && context.Subject.EntityType is EntityTypes.Deal or EntityTypes.Contact or EntityTypes.Company or EntityTypes.Customer or EntityTypes.Unsorted or EntityTypes.Task
            ? ValueTask.FromResult(context.Subject.Connection)
            : context.ConnectionAsync<ICrm>(name);

    public static async Task<TPort> OpenAsync<TPort>(this ActivityExecutionContext context, ConnectionId connection, CancellationToken cancellationToken) where TPort : class
    {
        var ports = context.GetRequiredService<IPorts>();
        var found = await ports.FindAsync(context.Subject.Account, connection, cancellationToken) ?? throw ConnectionMissing<TPort>(context, connection.ToString());
        return ports.Open<TPort>(found);
    }

    /// <param name="again">Tells a later look at the same thing apart: equal keys within one event are read once.</param>
    public static async ValueTask<T?> ReadCrmAsync<T>(
        this ActivityExecutionContext context, ConnectionId crm, string what, Func<ICrm, CancellationToken, Task<T?>> read, string again = "") where T : class
    {
        var answer = await context.ReadAsync($"crm/{crm.Value:N}/{what}{again}", async cancellationToken =>
            Tokens.From(await read(await context.OpenAsync<ICrm>(crm, cancellationToken), cancellationToken)));
        return Tokens.To<T>(answer);
    }

    public static ValueTask<JObject?> EntityAsync(this ActivityExecutionContext context, ConnectionId crm, string type, string id, string again = "") =>
        context.ReadCrmAsync(crm, $"{type}/{id}", (port, cancellationToken) => port.ReadAsync(type, id, cancellationToken), again);

    public static async ValueTask<IReadOnlyList<CrmTask>> TasksAsync(this ActivityExecutionContext context, ConnectionId crm, string type, string id) =>
        await context.ReadCrmAsync<IReadOnlyList<CrmTask>>(crm, $"{type}/{id}/tasks", async (port, cancellationToken) => await port.ReadTasksAsync(type, id, cancellationToken)) ?? [];

    /// <summary>A copy of a root of the expressions when it holds an entity; null otherwise.</summary>
    public static async ValueTask<JObject?> RootAsync(this ActivityExecutionContext context, string root) =>
        context.ExpressionScope.Roots.Contains(root) && await context.ExpressionScope.ReadRootAsync(root, context.CancellationToken) is JObject { Count: > 0 } entity ? (JObject)entity.DeepClone() : null;

    /// <summary>The deal, contact or company that the run is about or belongs to it.</summary>
    /// <exception cref="ActivityFaultException">There is none.</exception>
    public static async ValueTask<JObject> TargetAsync(this ActivityExecutionContext context, ConnectionId crm, string type)
    {
        if (await context.RootAsync(type) is { } root && Fields.Text(root, "id") is not null) return root;
        var subject = context.Subject;
        var entity = subject.EntityType == type ? await context.EntityAsync(crm, type, subject.EntityId) : null;
        return entity ?? throw new ActivityFaultException("entity_missing", $"{context.Activity.Type}: the run has no {type}.");
    }

    private static ActivityFaultException ConnectionMissing<TPort>(ActivityExecutionContext context, string? name) =>
        new("connection_missing", $"{context.Activity.Type}: no connection {(string.IsNullOrEmpty(name) ? "" : $"'{name}' ")}offers {typeof(TPort).Name}. Add one, or name it in the activity.");
}
