using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;

namespace Automation.Engine.Hosting.Trials;

/// <summary>What the activities of a trial may use: our own tables and clocks, scripts and calendars. Nothing that reaches another system is among them.</summary>
internal sealed class TrialServices(IServiceProvider services, TrialPorts ports, ManagerDirectory managers, TrialClock clock) : IServiceProvider
{
    private static readonly HashSet<Type> Harmless = [typeof(ILinks), typeof(IWorkCalendars), typeof(IMessageTemplates), typeof(ICronTimes), typeof(IScriptRunner), typeof(IExpressionEvaluator)];

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IPorts) ? ports
        : serviceType == typeof(IManagerDirectory) ? new TrialManagers(managers)
        : serviceType == typeof(TimeProvider) ? clock
        : Harmless.Contains(serviceType) ? services.GetService(serviceType) : null;
}

/// <summary>The account's connections, none of which opens.</summary>
internal sealed class TrialPorts(IPorts ports) : IPorts
{
    public ValueTask<Connection?> FindAsync(AccountId account, ConnectionId id, CancellationToken cancellationToken) => ports.FindAsync(account, id, cancellationToken);

    public ValueTask<Connection?> FindAsync(AccountId account, Type port, string? name, CancellationToken cancellationToken) => ports.FindAsync(account, port, name, cancellationToken);

    /// <exception cref="InvalidOperationException">Always.</exception>
    public TPort Open<TPort>(Connection connection) where TPort : class => throw new InvalidOperationException("A trial calls no other system.");
}

/// <summary>Says who would be chosen, and reserves nobody.</summary>
internal sealed class TrialManagers(ManagerDirectory managers) : IManagerDirectory
{
    public ValueTask<AssignmentDecision> ReserveAsync(AssignmentRequest request, CancellationToken cancellationToken) => managers.PreviewAsync(request, cancellationToken);
}

/// <summary>Writes to other entities stay within the trial.</summary>
internal sealed class TrialNotes(OwnWriteRegistry writes) : IOwnWriteNotes
{
    public Task NoteOwnWriteAsync(MailboxKey key, OwnWrite write)
    {
        writes.Add(key.Connection, key.EntityType, key.EntityId, write);
        return Task.CompletedTask;
    }
}
