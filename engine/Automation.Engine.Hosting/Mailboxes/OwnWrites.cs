using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>
/// Our recent writes to entities other than the run's own (a contact, a parent deal), so that their echo is recognised. Kept in memory
/// for ten minutes, on the node where the entity's mailbox lives: forgetting one only means that its echo counts as a person's change.
/// </summary>
public sealed class OwnWriteRegistry(TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<(ConnectionId, string, string), List<OwnWrite>> writes = new();

    public void Add(ConnectionId connection, string entityType, string entityId, OwnWrite write)
    {
        var list = writes.GetOrAdd((connection, entityType, entityId), _ => []);
        lock (list)
        {
            list.RemoveAll(old => clock.GetUtcNow() - old.At > Kept);
            list.Add(write);
        }

        if (writes.Count > 50_000) Prune();
    }

    public IReadOnlyList<OwnWrite> Find(MailboxKey key)
    {
        if (!writes.TryGetValue((key.Connection, key.EntityType, key.EntityId), out var list)) return [];
        lock (list) return [.. list.Where(write => clock.GetUtcNow() - write.At <= Kept)];
    }

    private void Prune()
    {
        foreach (var (target, list) in writes)
            lock (list)
                if (list.TrueForAll(write => clock.GetUtcNow() - write.At > Kept)) writes.TryRemove(target, out _);
    }

    /// <summary>The neutral values that a CRM command writes; null when it changes no entity that reports back.</summary>
    public static (string EntityType, string EntityId, JObject Values)? Read(JObject command, CrmDirectory? directory)
    {
        if ((string?)command["command"] != "update_entity") return null;
        var update = (UpdateEntity)CrmCommand.FromJson(command);
        var values = new JObject();
        if (update.Name is not null) values[EntityFields.Name] = update.Name;
        if (update.Price is { } price) values[EntityFields.Price] = price;
        if (update.PipelineId is not null) values[EntityFields.PipelineId] = update.PipelineId;
        if (update.StageId is not null) values[EntityFields.StageId] = update.StageId;
        if (update.ResponsibleId is not null) values[EntityFields.ResponsibleId] = update.ResponsibleId;
        if (update.AddTags is not null) values["tags+"] = new JArray(update.AddTags.Select(tag => tag.Split('#')[0]));
        if (update.RemoveTags is not null) values["tags-"] = new JArray(update.RemoveTags);
        foreach (var (field, value) in update.Fields ?? new Dictionary<string, JToken>())
        {
            var id = directory?.Fields.FirstOrDefault(known => known.EntityType == update.EntityType && (known.Id == field || known.Name == field))?.Id ?? field;
            values[$"cf.{id}"] = value;
        }

        return (update.EntityType, update.EntityId, values);
    }
}
