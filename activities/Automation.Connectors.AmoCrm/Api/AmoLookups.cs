using System.Globalization;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Api;

/// <summary>Was it done? Looks for what a command would have made since its first try.</summary>
internal sealed class AmoLookups(AmoApi api)
{
    // The CRM's clock and ours may differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private static readonly Retry Absent = new(null, "amoCRM has no trace of it.");

    public Task<EffectResult> FindAsync(CrmCommand command, string effectKey, DateTimeOffset since, CancellationToken cancellationToken) => command switch
    {
        CreateDeal => DealAsync(effectKey, since, cancellationToken),
        CreateContact contact => ContactAsync(contact, since, cancellationToken),
        AddNotes notes => NotesAsync(notes, since, cancellationToken),
        CreateTasks tasks => TasksAsync(tasks, since, cancellationToken),
        _ => Task.FromResult<EffectResult>(Absent), // the others set values: doing them again changes nothing more
    };

    private async Task<EffectResult> DealAsync(string effectKey, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // The search may lag behind the store, so new deals are listed too.
        foreach (var path in new[] { $"leads?query={Uri.EscapeDataString(effectKey)}", $"leads?{Since(since)}" })
            foreach (var deal in await api.ListAsync(path, "leads", 8, cancellationToken))
                if (KeyOf(deal) == effectKey) return new Delivered(new JObject { ["id"] = ApiEntities.Text(deal["id"]) });
        return Absent;
    }

    private async Task<EffectResult> ContactAsync(CreateContact contact, DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var made in await api.ListAsync($"contacts?{Since(since)}", "contacts", 8, cancellationToken))
        {
            var data = ApiEntities.Entity(made, TimeZoneInfo.Utc);
            if (New(made, since) && (string?)data[EntityFields.Name] == contact.Name && Has(data, EntityFields.Phone, contact.Phone) && Has(data, EntityFields.Email, contact.Email))
                return new Delivered(new JObject { ["id"] = ApiEntities.Text(made["id"]) });
        }
        return Absent;

        static bool Has(JObject data, string name, string? value) => string.IsNullOrEmpty(value) || data[name] is JArray list && list.Values<string>().Contains(value);
    }

    private async Task<EffectResult> NotesAsync(AddNotes notes, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var made = await api.ListAsync($"{Codes.PathOf(notes.EntityType)}/{notes.EntityId}/notes?filter[note_type]=common&order[id]=desc", "notes", 2, cancellationToken);
        return Match(notes.Texts, made.Where(note => New(note, since)), note => ApiEntities.Text(note["params"]?["text"]));
    }

    private async Task<EffectResult> TasksAsync(CreateTasks tasks, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var made = await api.ListAsync($"tasks?filter[entity_type]={Codes.PathOf(tasks.EntityType)}&filter[entity_id][]={tasks.EntityId}&order[id]=desc", "tasks", 2, cancellationToken);
        return Match(tasks.Tasks.Select(task => task.Text).ToList(), made.Where(task => New(task, since)), task => ApiEntities.Text(task["text"]));
    }

    /// <summary>All of them there: done. None: absent. Some: a person has to look.</summary>
    private static EffectResult Match(IReadOnlyList<string> wanted, IEnumerable<JObject> made, Func<JObject, string?> textOf)
    {
        var left = made.OrderBy(item => Neutral.Number(ApiEntities.Text(item["id"]))?.Value<decimal>()).ToList();
        var ids = new JArray();
        foreach (var text in wanted)
        {
            var found = left.Find(item => textOf(item) == text);
            if (found is null) continue;
            left.Remove(found);
            ids.Add(ApiEntities.Text(found["id"])!);
        }
        return ids.Count == wanted.Count ? new Delivered(new JObject { ["ids"] = ids }) : ids.Count == 0 ? Absent : new ResultUnknown("amoCRM has only a part of it.");
    }

    private static bool New(JObject item, DateTimeOffset since) => ApiEntities.Moment(item["created_at"]) >= since - Skew;

    private static string Since(DateTimeOffset since) =>
        string.Create(CultureInfo.InvariantCulture, $"filter[created_at][from]={(since - Skew).ToUnixTimeSeconds()}&order[created_at]=desc");

    private static string? KeyOf(JObject deal) => ApiEntities.Items(deal["custom_fields_values"])
        .Where(field => ApiEntities.Text(field["field_code"]) == Codes.AutomationKey)
        .SelectMany(field => ApiEntities.Items(field["values"])).Select(value => ApiEntities.Text(value["value"])).FirstOrDefault();
}
