using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Api.Journal;

/// <summary>Where a piece of work belongs, by name.</summary>
/// <param name="Funnel">The funnel's short name; absent for work of no funnel.</param>
/// <param name="Trigger">The trigger's name; its id where the published funnel has it no more.</param>
/// <param name="DealName">Absent where no event has told it.</param>
public sealed record Place(string? Funnel, string? FunnelName, string? TriggerId, string? Trigger, string? DealName);

/// <summary>Names of funnels, triggers and deals for a page of work.</summary>
internal sealed class Places
{
    private readonly Dictionary<Guid, (string Slug, string Name)> funnels;
    private readonly Dictionary<(Guid Funnel, string Trigger), string> triggers;
    private readonly Dictionary<(Guid Connection, string Type, string Id), string?> names;

    private Places(Dictionary<Guid, (string, string)> funnels, Dictionary<(Guid, string), string> triggers, Dictionary<(Guid, string, string), string?> names) =>
        (this.funnels, this.triggers, this.names) = (funnels, triggers, names);

    /// <param name="entities">Whose names will be asked for.</param>
    public static async Task<Places> ReadAsync(AutomationDbContext db, FunnelCatalog catalog, AccountId account, IEnumerable<(Guid Connection, string Type, string Id)> entities, CancellationToken cancellationToken)
    {
        var funnels = await db.Funnels.AsNoTracking().Where(row => row.AccountId == account.Value).Select(row => new { row.Id, row.Slug, row.Name }).ToDictionaryAsync(row => row.Id, row => (row.Slug, row.Name), cancellationToken);
        var triggers = new Dictionary<(Guid, string), string>();
        foreach (var funnel in await catalog.PublishedAsync(account))
            foreach (var trigger in funnel.Triggers) triggers[(funnel.Id, trigger.Definition.Id)] = trigger.Definition.Name;
        var names = new Dictionary<(Guid, string, string), string?>();
        foreach (var group in entities.Distinct().GroupBy(one => (one.Connection, one.Type)))
        {
            var (connection, type, ids) = (group.Key.Connection, group.Key.Type, group.Select(one => one.Id).ToList());
            var rows = await db.Mailboxes.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == connection && row.EntityType == type && ids.Contains(row.EntityId)).Select(row => new { row.EntityId, row.State }).ToListAsync(cancellationToken);
            foreach (var row in rows) names[(connection, type, row.EntityId)] = NameIn(row.State);
        }

        return new(funnels, triggers, names);
    }

    public Place Of(Guid? funnel, string? trigger, Guid connection, string type, string id)
    {
        (string Slug, string Name)? known = funnel is { } one && funnels.TryGetValue(one, out var found) ? found : null;
        return new(known?.Slug, known?.Name, trigger, funnel is { } at && trigger is not null ? triggers.GetValueOrDefault((at, trigger), trigger) : trigger, names.GetValueOrDefault((connection, type, id)));
    }

    /// <summary>The entity's name in a mailbox's state; null where it does not tell it.</summary>
    public static string? NameIn(string state)
    {
        try
        {
            return (string?)MailboxState.FromJson(state).Known?[EntityFields.Name];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
