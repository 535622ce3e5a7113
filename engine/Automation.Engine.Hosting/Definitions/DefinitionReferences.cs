using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Which workflows use which: by starting them, or as an activity of their own.</summary>
public sealed class DefinitionReferences(IDbContextFactory<AutomationDbContext> contexts, DefinitionService definitions)
{
    private const string IdMember = "workflowDefinitionId";
    private static readonly HashSet<string> Starters = new(StringComparer.Ordinal) { "Elsa.ExecuteWorkflow", "Elsa.DispatchWorkflow", "Elsa.BulkDispatchWorkflows" };

    /// <summary>The definitions, without itself, whose latest or published version uses this one.</summary>
    /// <returns>Their newest such versions; empty too when there is no such definition.</returns>
    public async Task<IReadOnlyList<DefinitionRow>> FindConsumersAsync(AccountId account, string definitionId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(context, account, definitionId, await TypesAsync(context, account, definitionId, cancellationToken), cancellationToken);
    }

    /// <summary>The consumers of all of these, and theirs, each once and without those given.</summary>
    /// <param name="most">Where the search ends.</param>
    public async Task<IReadOnlyList<DefinitionRow>> FindAllConsumersAsync(AccountId account, IReadOnlyCollection<string> definitionIds, int most, CancellationToken cancellationToken)
    {
        var (found, seen, left) = (new List<DefinitionRow>(), new HashSet<string>(definitionIds, StringComparer.Ordinal), new Queue<string>(definitionIds));
        while (found.Count < most && left.TryDequeue(out var next))
            foreach (var consumer in await FindConsumersAsync(account, next, cancellationToken))
            {
                if (!seen.Add(consumer.DefinitionId)) continue;
                found.Add(consumer);
                left.Enqueue(consumer.DefinitionId);
            }

        return found;
    }

    /// <summary>Points the drafts of its consumers at the published version; one that is published gets a draft behind it. Those of funnels are left: they change with their funnel.</summary>
    /// <param name="only">Consumers to change; null for all.</param>
    /// <returns>The drafts that changed; null when there is no such definition.</returns>
    /// <exception cref="DefinitionRefusedException">None of its versions is published, or somebody saved a consumer at the same moment.</exception>
    public Task<IReadOnlyList<DefinitionRow>?> UpdateAsync(AccountId account, string definitionId, IReadOnlyCollection<string>? only, CancellationToken cancellationToken) =>
        ChangeAsync(account, definitionId, (consumer, point) => only?.Contains(consumer.DefinitionId) == false ? Task.FromResult<DefinitionRow?>(null) : definitions.ReviseAsync(account, consumer.DefinitionId, point, cancellationToken), cancellationToken);

    /// <summary>
    /// Brings the consumers of a version that was just published along, where it says so (Elsa's <c>autoUpdateConsumingWorkflows</c>): one that is
    /// published as it stands is published again, and its own consumers follow it. One that cannot be published so is left as a draft, one
    /// that somebody saves at the same moment as it is.
    /// </summary>
    /// <returns>What changed; empty for a version that says nothing.</returns>
    public async Task<IReadOnlyList<DefinitionRow>> FollowAsync(AccountId account, DefinitionRow published, CancellationToken cancellationToken)
    {
        if (!IsFollowed(RunJson.Parse(published.Document))) return [];
        var (changed, left) = (new Dictionary<string, DefinitionRow>(StringComparer.Ordinal), new Queue<string>([published.DefinitionId]));
        while (left.TryDequeue(out var next))
            foreach (var consumer in await ChangeAsync(account, next, ChangeOneAsync, cancellationToken) ?? [])
            {
                if (consumer.IsPublished && !changed.ContainsKey(consumer.DefinitionId)) left.Enqueue(consumer.DefinitionId);
                changed[consumer.DefinitionId] = consumer;
            }

        return [.. changed.Values];

        async Task<DefinitionRow?> ChangeOneAsync(DefinitionRow consumer, Func<JObject, bool> point)
        {
            // Round a circle: what was published is what the person meant.
            if (consumer.DefinitionId == published.DefinitionId) return null;
            DefinitionRow? draft = null;
            try
            {
                draft = await definitions.ReviseAsync(account, consumer.DefinitionId, point, cancellationToken);
                return draft is not null && consumer is { IsPublished: true, IsLatest: true } ? (await definitions.PublishAsync(account, draft.DefinitionId, cancellationToken))?.Row : draft;
            }
            catch (Exception e) when (e is DefinitionInvalidException or DefinitionRefusedException)
            {
                return draft;
            }
        }
    }

    private static bool IsFollowed(JObject document) => CompositeDescriber.IsUsable(document) && (document["options"] as JObject)?["autoUpdateConsumingWorkflows"] is JValue { Value: true };

    /// <param name="change">Changes a consumer's document as it is told to; gives null where it leaves it.</param>
    private async Task<IReadOnlyList<DefinitionRow>?> ChangeAsync(AccountId account, string definitionId, Func<DefinitionRow, Func<JObject, bool>, Task<DefinitionRow?>> change, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await Of(context, account).AnyAsync(row => row.DefinitionId == definitionId, cancellationToken)) return null;
        var published = await Of(context, account).Where(row => row.DefinitionId == definitionId && row.IsPublished).FirstOrDefaultAsync(cancellationToken)
            ?? throw new DefinitionRefusedException("not_published", "This workflow is not published: there is no version that others could use.");
        var types = await TypesAsync(context, account, definitionId, cancellationToken);
        var changed = new List<DefinitionRow>();
        foreach (var consumer in await FindAsync(context, account, definitionId, types, cancellationToken))
            if (consumer.FunnelId is null && await change(consumer, document => Point(document, published, types)) is { } draft) changed.Add(draft);
        return changed;
    }

    private static async Task<IReadOnlyList<DefinitionRow>> FindAsync(AutomationDbContext context, AccountId account, string definitionId, HashSet<string> types, CancellationToken cancellationToken)
    {
        // The database leaves out those that name it nowhere; only the rest is read.
        var id = Quoted(definitionId);
        var places = types.Select(Quoted).Append(id).ToList();
        var versions = new List<DefinitionRow>();
        foreach (var place in places)
            versions.AddRange(await Of(context, account).Where(row => row.DefinitionId != definitionId && (row.IsLatest || row.IsPublished) && row.Document.Contains(place)).ToListAsync(cancellationToken));
        return [.. versions.DistinctBy(row => row.VersionId).Where(row => Uses(row, definitionId, types)).GroupBy(row => row.DefinitionId).Select(rows => rows.MaxBy(row => row.Version)!).OrderBy(row => row.Name).ThenBy(row => row.DefinitionId)];
    }

    // A workflow that was renamed is known by its older names too.
    private static async Task<HashSet<string>> TypesAsync(AutomationDbContext context, AccountId account, string definitionId, CancellationToken cancellationToken)
    {
        var current = await Of(context, account).Where(row => row.DefinitionId == definitionId && (row.IsLatest || row.IsPublished)).Select(row => row.Document).ToListAsync(cancellationToken);
        if (!current.Any(document => CompositeDescriber.IsUsable(RunJson.Parse(document)))) return [];
        var names = await Of(context, account).Where(row => row.DefinitionId == definitionId).Select(row => row.Name).Distinct().ToListAsync(cancellationToken);
        return [.. names.Select(name => CompositeDescriber.TypeName(name, definitionId))];
    }

    private static bool Uses(DefinitionRow row, string definitionId, HashSet<string> types) =>
        DefinitionDocument.Activities(RunJson.Parse(row.Document)).Any(activity => Starts(activity, definitionId) || Is(activity, definitionId, types));

    private static bool Starts(JObject activity, string definitionId) => Starters.Contains((string?)activity["type"] ?? "") && activity[IdMember] switch
    {
        JValue value => (string?)value == definitionId,
        JObject input => input["expression"] is JObject expression && (string?)expression["type"] == "Literal" && expression["value"] is JValue value && value.ToString(System.Globalization.CultureInfo.InvariantCulture) == definitionId,
        _ => false,
    };

    private static bool Is(JObject activity, string definitionId, HashSet<string> types)
    {
        var type = (string?)activity["type"] ?? "";
        if (Starters.Contains(type)) return false;
        return activity[IdMember] is JValue { Type: JTokenType.String } id ? (string?)id == definitionId : types.Contains(type);
    }

    private static bool Point(JObject document, DefinitionRow published, HashSet<string> types)
    {
        var changed = false;
        foreach (var activity in DefinitionDocument.Activities(document).Where(activity => Is(activity, published.DefinitionId, types)))
        {
            if ((int?)activity["version"] == published.Version && (string?)activity["workflowDefinitionVersionId"] == published.VersionId) continue;
            (activity["type"], activity["version"]) = (CompositeDescriber.TypeName(published.Name, published.DefinitionId), published.Version);
            (activity[IdMember], activity["workflowDefinitionVersionId"]) = (published.DefinitionId, published.VersionId);
            (activity["latestAvailablePublishedVersion"], activity["latestAvailablePublishedVersionId"]) = (published.Version, published.VersionId);
            changed = true;
        }

        return changed;
    }

    // As it stands in a document's text.
    private static string Quoted(string text) => JsonConvert.ToString(text);

    private static IQueryable<DefinitionRow> Of(AutomationDbContext context, AccountId account) => context.Definitions.AsNoTracking().Where(row => row.AccountId == account.Value);
}
