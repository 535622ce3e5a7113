using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Steps whose outside system is not connected, and steps that have nothing to do.</summary>
internal static class ConnectionCheck
{
    private static readonly Dictionary<string, (Type Port, string Input, Wording Name)> Needs = new(StringComparer.Ordinal)
    {
        ["Crm.SendSms"] = (typeof(ISmsGateway), "connection", new("SMS-шлюз", "an SMS gateway")),
        ["Crm.SendEmail"] = (typeof(IEmailSender), "connection", new("почта", "e-mail")),
        ["Crm.SyncBooking"] = (typeof(IBookingSystem), "bookingConnection", new("система записи клиентов", "a booking system")),
    };

    /// <summary>The port that a step takes from the account's only connection that offers it, for it names none; null when it takes none so.</summary>
    public static Type? PortByDefault(Step step) => Needs.TryGetValue(step.Type, out var need) && step.IsEmpty(need.Input) ? need.Port : null;

    public static async Task<IReadOnlyList<Finding>> RunAsync(CheckedDraft draft, AccountId account, IPorts ports, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var trigger in draft.Document.Triggers)
        {
            if (trigger.Then is null) continue;
            var steps = Step.Doing(trigger);
            if (steps.Count == 0) findings.Add(new(false, "nothing_done", trigger.Id, "then", new("Карточка ничего не делает: добавьте действие.", "The card does nothing: add an action.")));
            foreach (var step in steps)
            {
                if (Needs.TryGetValue(step.Type, out var need) && await ports.FindAsync(account, need.Port, step.Literal(need.Input), cancellationToken) is null)
                    findings.Add(new(false, "connection_missing", trigger.Id, $"then/{step.Id}/connection", new(
                        $"Не подключено: {need.Name.Ru}. Подключите в настройках, иначе действие не выполнится.", $"Not connected: {need.Name.En}. Connect it in the settings, or the action will fail.")));
            }
        }

        return findings;
    }
}
