using Automation.Designer.Session;
using Automation.Designer.Words;
using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Json;

namespace Automation.Designer.Flow;

/// <summary>Activities with their metadata for one page, read once for the cards that are opened on it one after the other.</summary>
public sealed class ActivityList(ApiClient api, ScreenWords words, TimeProvider clock)
{
    // What is offered in them, such as stages and users of the CRM, changes behind our back.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    private Task<IReadOnlyDictionary<string, ActivityView>>? list;
    private (string Connection, string Language) of;
    private DateTimeOffset readAt;

    /// <summary>By type.</summary>
    /// <param name="connection">Name of the CRM connection whose stages, users and fields are offered; empty for none.</param>
    /// <exception cref="ApiException">The API refuses.</exception>
    public Task<IReadOnlyDictionary<string, ActivityView>> GetAsync(string connection)
    {
        var now = clock.GetUtcNow();
        if (list is { IsFaulted: false, IsCanceled: false } kept && of == (connection, words.Language) && now - readAt < Kept) return kept;
        (of, readAt) = ((connection, words.Language), now);
        return list = ReadAsync(connection);
    }

    /// <summary>What is offered was changed on this very page: it is read anew when it is asked for.</summary>
    public void Forget() => list = null;

    private async Task<IReadOnlyDictionary<string, ActivityView>> ReadAsync(string connection)
    {
        var from = connection.Length == 0 ? "" : $"&connection={Uri.EscapeDataString(connection)}";
        return (await api.GetAsync<PageView<ActivityView>>($"api/activities?lang={words.Language}{from}", default)).Items.ToDictionary(one => one.Type, StringComparer.Ordinal);
    }
}
