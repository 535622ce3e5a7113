using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>Reads funnels for people.</summary>
public sealed class FunnelReads(IDbContextFactory<AutomationDbContext> contexts, TriggerWords words, CrmDirectoryCache directories)
{
    public async Task<IReadOnlyList<FunnelView>> ListAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var names = await ConnectionNamesAsync(db, account, cancellationToken);
        var rows = await db.Funnels.AsNoTracking().Where(row => row.AccountId == account.Value).OrderBy(row => row.Name).ToListAsync(cancellationToken);
        var published = await db.FunnelVersions.Where(row => row.AccountId == account.Value && db.Funnels.Any(funnel => funnel.Id == row.FunnelId && funnel.PublishedVersion == row.Version))
            .Select(row => new { row.FunnelId, row.PublishedAt }).ToDictionaryAsync(row => row.FunnelId, row => (DateTimeOffset?)row.PublishedAt, cancellationToken);
        return
        [
            .. rows.Select(row =>
            {
                var at = published.GetValueOrDefault(row.Id);
                // Publishing itself touches the row a moment after the version is stamped.
                var draft = at is null || row.UpdatedAt - at > TimeSpan.FromSeconds(1);
                return new FunnelView(row.Id, row.Slug, row.Name, row.ConnectionId, names.GetValueOrDefault(row.ConnectionId), row.DraftRevision, row.PublishedVersion, at, draft, row.CreatedAt, row.UpdatedAt);
            }),
        ];
    }

    /// <exception cref="ProblemException">404.</exception>
    public async Task<FunnelRow> FindAsync(AccountId account, string idOrSlug, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var id = Guid.TryParse(idOrSlug, out var parsed) ? parsed : Guid.Empty;
        return await db.Funnels.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && (row.Id == id || row.Slug == idOrSlug), cancellationToken)
            ?? throw ApiProblem.NotFound("There is no such funnel.");
    }

    /// <returns>Null when it is gone.</returns>
    public async Task<FunnelRow?> TryFindAsync(AccountId account, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Funnels.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.Id == id, cancellationToken);
    }

    public async Task<FunnelDetail> ReadAsync(AccountId account, string idOrSlug, bool english, CancellationToken cancellationToken)
    {
        var row = await FindAsync(account, idOrSlug, cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var published = await PublishedAsync(db, row, cancellationToken);
        var shown = FunnelJson.Read(published ?? row.Draft);
        var names = await ConnectionNamesAsync(db, account, cancellationToken);
        var directory = await directories.GetAsync(new(row.ConnectionId), cancellationToken);
        var stages = shown.Stages.Select(stage =>
        {
            var told = directory?.Pipelines.FirstOrDefault(one => one.Id == stage.Ref.PipelineId)?.Stages.FirstOrDefault(one => one.Id == stage.Ref.StageId);
            return new StageView(stage.Ref.ToString(), stage.Name, stage.Color ?? told?.Color, stage.Kind == "ordinary" ? told?.Kind ?? stage.Kind : stage.Kind);
        });
        return new(
            row.Id, row.Slug, row.Name, row.ConnectionId, names.GetValueOrDefault(row.ConnectionId), row.DraftRevision, row.PublishedVersion, row.CreatedAt, row.UpdatedAt,
            ApiJson.Parse(row.Draft), published is null ? null : ApiJson.Parse(published), [.. stages], await TriggersAsync(db, row, shown, english, cancellationToken));
    }

    public async Task<IReadOnlyList<TriggerView>> PublishedTriggersAsync(AccountId account, bool english, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var all = new List<TriggerView>();
        foreach (var row in await db.Funnels.AsNoTracking().Where(one => one.AccountId == account.Value && one.PublishedVersion != null).OrderBy(one => one.Name).ToListAsync(cancellationToken))
            if (await PublishedAsync(db, row, cancellationToken) is { } published) all.AddRange(await TriggersAsync(db, row, FunnelJson.Read(published), english, cancellationToken));
        return all;
    }

    public async Task<IReadOnlyList<VersionView>> VersionsAsync(FunnelRow funnel, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.FunnelVersions.AsNoTracking().Where(row => row.AccountId == funnel.AccountId && row.FunnelId == funnel.Id)
            .OrderByDescending(row => row.Version).Select(row => new { row.Version, row.PublishedAt, row.Author, row.Note }).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new VersionView(row.Version, row.PublishedAt, row.Author, row.Note, row.Version == funnel.PublishedVersion))];
    }

    private static async Task<string?> PublishedAsync(AutomationDbContext db, FunnelRow row, CancellationToken cancellationToken) => row.PublishedVersion is { } version
        ? await db.FunnelVersions.Where(one => one.AccountId == row.AccountId && one.FunnelId == row.Id && one.Version == version).Select(one => one.Document).FirstOrDefaultAsync(cancellationToken)
        : null;

    private static Task<Dictionary<Guid, string>> ConnectionNamesAsync(AutomationDbContext db, AccountId account, CancellationToken cancellationToken) =>
        db.Connections.Where(row => row.AccountId == account.Value).Select(row => new { row.Id, row.Name }).ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);

    private async Task<IReadOnlyList<TriggerView>> TriggersAsync(AutomationDbContext db, FunnelRow row, FunnelDocument document, bool english, CancellationToken cancellationToken)
    {
        var directory = await directories.GetAsync(new(row.ConnectionId), cancellationToken);
        var pinned = document.Triggers.Select(trigger => trigger.DefinitionVersionId).OfType<string>().ToList();
        var workflows = await db.Definitions.Where(one => one.AccountId == row.AccountId && pinned.Contains(one.VersionId)).Select(one => new { one.VersionId, one.Document }).ToDictionaryAsync(one => one.VersionId, one => one.Document, cancellationToken);
        return
        [
            .. document.Triggers.Select((trigger, place) => (trigger, place)).OrderBy(item => item.trigger.Order).ThenBy(item => item.place).Select(item =>
            {
                var then = item.trigger.Then ?? (item.trigger.DefinitionVersionId is { } id && workflows.TryGetValue(id, out var text) ? ApiJson.Parse(text) : (JObject?)null);
                return words.View(row.Slug, item.trigger, document, directory, then, english);
            }),
        ];
    }
}
