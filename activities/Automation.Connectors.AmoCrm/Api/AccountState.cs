using System.Collections.Concurrent;
using Automation.Engine.Ports;

namespace Automation.Connectors.AmoCrm.Api;

/// <summary>What is remembered of one account between calls: its zone, fields, users and coloured tags. All of it can be read again.</summary>
internal sealed class AccountState(TimeProvider clock)
{
    // A name that is nowhere must not make every write read the directory again.
    private static readonly TimeSpan OldEnough = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (long At, IReadOnlyList<CrmField> Fields)> fields = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> tags = new(StringComparer.OrdinalIgnoreCase);
    private TimeZoneInfo? zone;
    private IReadOnlyDictionary<string, string>? users;

    public async Task<TimeZoneInfo> ZoneAsync(AmoApi api, CancellationToken cancellationToken)
    {
        if (zone is not null) return zone;
        var account = await api.GetAsync("account?with=datetime_settings", cancellationToken);
        return zone = Zone(ApiEntities.Text(account?["_embedded"]?["datetime_settings"]?["timezone"]));
    }

    public static TimeZoneInfo Zone(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc;

    /// <summary>A field by id, shown name or code; the directory is read again when it is not there.</summary>
    public async Task<CrmField?> FieldAsync(AmoApi api, string entityType, string name, CancellationToken cancellationToken)
    {
        if (fields.TryGetValue(entityType, out var known) && Find(known.Fields, name) is { } found) return found;
        if (known.Fields is not null && clock.GetElapsedTime(known.At) < OldEnough) return null;
        return Find(await ReadFieldsAsync(api, entityType, cancellationToken), name);
    }

    public async Task<IReadOnlyList<CrmField>> ReadFieldsAsync(AmoApi api, string entityType, CancellationToken cancellationToken)
    {
        var read = (await api.ListAsync($"{Codes.PathOf(entityType)}/custom_fields", "custom_fields", 10, cancellationToken))
            .Select(field => ApiEntities.CrmField(entityType, field)).ToList();
        fields[entityType] = (clock.GetTimestamp(), read);
        return read;
    }

    public async Task<IReadOnlyDictionary<string, string>> UserNamesAsync(AmoApi api, CancellationToken cancellationToken) =>
        users ??= (await api.ListAsync("users", "users", 10, cancellationToken))
            .ToDictionary(user => ApiEntities.Text(user["id"]) ?? "", user => ApiEntities.Text(user["name"]) ?? "", StringComparer.Ordinal);

    public async Task<bool> HasTagAsync(AmoApi api, string name, CancellationToken cancellationToken)
    {
        if (tags.IsEmpty) await ReadTagsAsync(api, cancellationToken);
        return tags.ContainsKey(name);
    }

    public async Task<IReadOnlyList<string>> ReadTagsAsync(AmoApi api, CancellationToken cancellationToken)
    {
        var names = (await api.ListAsync("leads/tags", "tags", 20, cancellationToken)).Select(tag => ApiEntities.Text(tag["name"])).OfType<string>().ToList();
        foreach (var name in names) tags[name] = true;
        return names;
    }

    public void RememberTag(string name) => tags[name] = true;

    private static CrmField? Find(IReadOnlyList<CrmField> list, string name) =>
        list.FirstOrDefault(field => field.Id == name)
        ?? list.FirstOrDefault(field => string.Equals(field.Name.Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase))
        ?? list.FirstOrDefault(field => string.Equals(field.Code, name, StringComparison.OrdinalIgnoreCase));
}
