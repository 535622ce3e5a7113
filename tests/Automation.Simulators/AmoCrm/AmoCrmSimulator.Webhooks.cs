using System.Collections.Immutable;

namespace Automation.Simulators.AmoCrm;

public sealed partial class AmoCrmSimulator
{
    /// <summary>The published event names, and the unsorted ones that the screens offer.</summary>
    public static ImmutableArray<string> AllHookEvents { get; } =
    [
        "add_lead", "update_lead", "delete_lead", "restore_lead", "status_lead", "responsible_lead", "note_lead",
        "add_contact", "update_contact", "delete_contact", "restore_contact", "responsible_contact", "note_contact",
        "add_company", "update_company", "delete_company", "restore_company", "responsible_company", "note_company",
        "add_customer", "update_customer", "delete_customer", "responsible_customer", "note_customer",
        "add_task", "update_task", "delete_task", "responsible_task",
        "add_talk", "update_talk", "add_message", "add_outgoing_message", "add_chat_template_review",
        "add_unsorted", "update_unsorted", "delete_unsorted",
    ];

    public IReadOnlyList<AmoWebhook> Webhooks { get { lock (Gate) return [.. webhooks]; } }

    /// <summary>Subscribes, or replaces the settings of a destination that is there already.</summary>
    /// <param name="settings">Event names; none means all of them.</param>
    public AmoWebhook Subscribe(string destination, IEnumerable<string>? settings = null, int sort = 0)
    {
        lock (Gate)
        {
            ImmutableArray<string> wanted = settings is null ? AllHookEvents : [.. settings];
            var index = webhooks.FindIndex(hook => hook.Destination == destination);
            var hook = index < 0
                ? new AmoWebhook(nextHookId++, destination, wanted, Now, Now, AdminId, false, sort)
                : webhooks[index] with { Settings = wanted, UpdatedAt = Now, Disabled = false, Sort = sort };
            if (index < 0)
                webhooks.Add(hook);
            else
                webhooks[index] = hook;
            Changed?.Invoke(this, EventArgs.Empty);
            return hook;
        }
    }

    public bool Unsubscribe(string destination)
    {
        lock (Gate)
        {
            var removed = webhooks.RemoveAll(hook => hook.Destination == destination) > 0;
            Changed?.Invoke(this, EventArgs.Empty);
            return removed;
        }
    }

    /// <summary>Posts what a stage's "send webhook" action posts: ids only, no subscription asked.</summary>
    /// <param name="kind"><c>status</c>, <c>mail_in</c>, <c>call_in</c>, <c>chat</c> or <c>site_visit</c>.</param>
    public void FireDigitalPipelineHook(string destination, long dealId, string kind = "status", long oldStatusId = 0, long oldPipelineId = 0)
    {
        lock (Gate)
        {
            var deal = state.Of(AmoKind.Leads)[dealId];
            Hooks.Enqueue(destination, "digital_pipeline", wire.DigitalPipeline(deal, kind, oldStatusId, oldPipelineId).Encode());
        }
    }

    private void OnDelivered(HookDelivery delivery)
    {
        // More than 100 bad answers in two hours, the last one bad too: amoCRM switches the hook off.
        if (!delivery.Accepted)
        {
            var since = delivery.At - TimeSpan.FromHours(2);
            var bad = Hooks.Deliveries.Count(other => other.Destination == delivery.Destination && !other.Accepted && other.At >= since);
            if (bad > 100)
                Task.Run(() => Disable(delivery.Destination));  // not under the queue's lock
        }
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private void Disable(string destination)
    {
        lock (Gate)
        {
            var index = webhooks.FindIndex(hook => hook.Destination == destination);
            if (index >= 0)
                webhooks[index] = webhooks[index] with { Disabled = true };
        }
    }
}
