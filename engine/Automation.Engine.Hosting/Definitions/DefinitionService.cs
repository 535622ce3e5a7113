using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Why a change of a definition was refused, with a code of the API.</summary>
public sealed class DefinitionRefusedException(string code, string message) : Exception(message)
{
    public string Code => code;
}

/// <summary>What a save or publish did.</summary>
/// <param name="AlreadyPublished">It was published as it stood.</param>
public sealed record DefinitionSaved(DefinitionRow Row, bool AlreadyPublished);

/// <summary>
/// Drafts and versions of workflows that belong to no funnel. Those of a funnel's triggers are read here, and changed with their funnel. A
/// version that was published never changes: runs stay on the one they began with (R12).
/// </summary>
public sealed class DefinitionService(
    IDbContextFactory<AutomationDbContext> contexts, IWorkflowInterpreter interpreter, CompositeCatalog composites, StepChecks steps, TriggerCatalog triggers, AccountDirectory accounts, IIdSource ids, TimeProvider clock)
{
    private const int LongestName = 200;

    /// <summary>The version that is chosen; of several the highest. Null when there is none.</summary>
    public async Task<DefinitionRow?> FindAsync(AccountId account, string definitionId, string? versions, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Of(context, account).AsNoTracking().Where(row => row.DefinitionId == definitionId).Where(VersionChoice.Parse(versions)).OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<DefinitionRow?> FindVersionAsync(AccountId account, string versionId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Of(context, account).AsNoTracking().FirstOrDefaultAsync(row => row.VersionId == versionId, cancellationToken);
    }

    /// <summary>True when no other definition has the name now.</summary>
    public async Task<bool> IsNameFreeAsync(AccountId account, string name, string? definitionId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return !await Of(context, account).AnyAsync(row => row.IsLatest && row.Name == name && row.DefinitionId != definitionId, cancellationToken);
    }

    /// <summary>Saves the draft: the latest version where it is not published, a new one behind it otherwise. Makes the definition when absent.</summary>
    /// <param name="definitionId">Null for a new one.</param>
    /// <exception cref="DefinitionRefusedException">It belongs to a funnel, or its name cannot stand.</exception>
    /// <exception cref="DefinitionInvalidException">It is to be published and has problems; nothing is saved.</exception>
    public async Task<DefinitionSaved> SaveAsync(AccountId account, string? definitionId, JObject document, bool publish, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var (row, already) = await PutAsync(context, account, definitionId, document, cancellationToken);
        if (publish && row.FunnelId is not null) throw new DefinitionRefusedException("definition_of_funnel", "This workflow is published with its funnel.");
        if (publish && !already) await PublishAsync(context, row, cancellationToken);
        await SaveAsync(context, account, cancellationToken);
        return new(row, publish && already);
    }

    /// <summary>Saves drafts of several definitions, each as <see cref="SaveAsync(AccountId, string?, JObject, bool, CancellationToken)"/> does: all of them, or none.</summary>
    /// <param name="documents">Of each definition id one.</param>
    /// <exception cref="DefinitionRefusedException">One of them cannot be saved.</exception>
    public async Task ImportAsync(AccountId account, IReadOnlyList<(string? DefinitionId, JObject Document)> documents, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var (definitionId, document) in documents) await PutAsync(context, account, definitionId, document, cancellationToken);
        await SaveAsync(context, account, cancellationToken);
    }

    /// <summary>Changes the latest version's document; a published one gets a draft behind it.</summary>
    /// <param name="change">Changes what it is given; false to leave it.</param>
    /// <returns>The draft; null when nothing was changed, or there is no such definition.</returns>
    /// <exception cref="DefinitionRefusedException">It belongs to a funnel, or somebody saved it at the same moment.</exception>
    public async Task<DefinitionRow?> ReviseAsync(AccountId account, string definitionId, Func<JObject, bool> change, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Of(context, account).FirstOrDefaultAsync(row => row.DefinitionId == definitionId && row.IsLatest, cancellationToken) is not { } latest) return null;
        var document = RunJson.Parse(latest.Document);
        if (!change(document)) return null;
        var (row, _) = await PutAsync(context, account, definitionId, document, cancellationToken);
        await SaveAsync(context, account, cancellationToken);
        return row;
    }

    // Draft in place, or a new version behind a published one. Says too whether the version is published as it stands.
    private async Task<(DefinitionRow Row, bool IsPublished)> PutAsync(AutomationDbContext context, AccountId account, string? definitionId, JObject document, CancellationToken cancellationToken)
    {
        var stored = Taken(document);
        var name = (string?)stored["name"];
        if (name is { Length: > LongestName }) throw new DefinitionRefusedException("definition_invalid", $"The name takes at most {LongestName} characters.");
        var latest = definitionId is null ? null : await Of(context, account).FirstOrDefaultAsync(row => row.DefinitionId == definitionId && row.IsLatest, cancellationToken);
        if (latest is not null && WorkingCopies.Is(definitionId)) WorkingCopies.Take(stored, latest);
        var text = stored.ToString(Formatting.None);
        if (latest is not null) RefuseFunnels(latest);
        else if (definitionId is not null) CheckId(definitionId);
        var row = latest;
        if (row is null || (row.IsPublished && !Same(row.Document, text)))
        {
            row = Next(account, definitionId ?? ids.NewId().ToString("N"), (latest is null ? 0 : await HighestAsync(context, latest, cancellationToken)) + 1, name, text);
            if (latest is not null) latest.IsLatest = false;
            context.Definitions.Add(row);
        }
        else
        {
            (row.Name, row.Document) = (name, row.IsPublished ? row.Document : text);
        }

        return (row, row.IsPublished);
    }

    private JObject Taken(JObject document)
    {
        DefinitionSize.CheckDepth(document);
        try
        {
            var stored = DefinitionDocument.Taken(document, NewActivityId);
            DefinitionSize.Check(stored);
            DefinitionShape.Check(stored);
            return stored;
        }
        catch (ArgumentException)
        {
            // What stands in place of a text cannot be read as one.
            throw DefinitionShape.Refused(null);
        }
    }

    /// <summary>Makes the latest version the published one.</summary>
    /// <returns>Null when there is no such definition.</returns>
    public async Task<DefinitionSaved?> PublishAsync(AccountId account, string definitionId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Of(context, account).FirstOrDefaultAsync(row => row.DefinitionId == definitionId && row.IsLatest, cancellationToken) is not { } row) return null;
        RefuseFunnels(row);
        if (row.FunnelId is not null) throw new DefinitionRefusedException("definition_of_funnel", "This workflow is published with its funnel.");
        if (row.IsPublished) return new(row, true);
        await PublishAsync(context, row, cancellationToken);
        await SaveAsync(context, account, cancellationToken);
        return new(row, false);
    }

    /// <summary>Takes the published version back; what runs goes on, on that version. Where it was the latest, a draft of the same goes on behind it.</summary>
    /// <returns>The draft, or the version where one was ahead of it; null when there is no such definition.</returns>
    public async Task<DefinitionRow?> RetractAsync(AccountId account, string definitionId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Of(context, account).Where(row => row.DefinitionId == definitionId && (row.IsPublished || row.IsLatest)).ToListAsync(cancellationToken);
        if (rows.Count == 0) return null;
        RefuseFunnels(rows[0]);
        var published = rows.Find(row => row.IsPublished) ?? throw new DefinitionRefusedException("not_published", "This workflow is not published.");
        published.IsPublished = false;
        var row = published.IsLatest ? await DraftBehindAsync(context, account, published, cancellationToken) : published;
        await TriggerTimers.DisarmAsync(context, account, [definitionId], cancellationToken);
        await SaveAsync(context, account, cancellationToken);
        return row;
    }

    /// <summary>Puts an old version on top as the new draft.</summary>
    /// <returns>Null when there is no such version.</returns>
    public async Task<DefinitionRow?> RevertAsync(AccountId account, string definitionId, int version, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Of(context, account).Where(row => row.DefinitionId == definitionId && (row.Version == version || row.IsLatest)).ToListAsync(cancellationToken);
        if (rows.Find(row => row.Version == version) is not { } old) return null;
        RefuseFunnels(old);
        if (WorkingCopies.Is(definitionId))
        {
            var copy = rows.Find(one => one.IsLatest)!;
            copy.Document = old.Document;
            await SaveAsync(context, account, cancellationToken);
            return copy;
        }

        var row = Next(account, definitionId, await HighestAsync(context, old, cancellationToken) + 1, old.Name, old.Document);
        foreach (var latest in rows.Where(one => one.IsLatest)) latest.IsLatest = false;
        context.Definitions.Add(row);
        await SaveAsync(context, account, cancellationToken);
        return row;
    }

    /// <summary>Deletes definitions with all their versions.</summary>
    /// <returns>Versions deleted.</returns>
    /// <exception cref="DefinitionRefusedException">A funnel has one of them, or a run still needs it; nothing is deleted.</exception>
    public Task<int> DeleteAsync(AccountId account, IReadOnlyCollection<string> definitionIds, CancellationToken cancellationToken) =>
        DeleteAsync(account, rows => rows.Where(row => definitionIds.Contains(row.DefinitionId)), cancellationToken);

    /// <summary>Deletes single versions. The highest that is left becomes the latest.</summary>
    /// <inheritdoc cref="DeleteAsync(AccountId, IReadOnlyCollection{string}, CancellationToken)"/>
    public Task<int> DeleteVersionsAsync(AccountId account, IReadOnlyCollection<string> versionIds, CancellationToken cancellationToken) =>
        DeleteAsync(account, rows => rows.Where(row => versionIds.Contains(row.VersionId)), cancellationToken);

    /// <summary>The version to run. A draft is left behind as it is and goes on as the next one: what runs never changes (R12).</summary>
    /// <exception cref="DefinitionInvalidException">It has problems; nothing can run.</exception>
    /// <exception cref="DefinitionRefusedException">Somebody saved it at the same moment.</exception>
    public async Task<DefinitionRow> FreezeAsync(AccountId account, DefinitionRow version, CancellationToken cancellationToken)
    {
        if (WorkingCopies.Is(version.DefinitionId)) throw new DefinitionRefusedException("definition_of_funnel", "A trigger's workflow runs with its deal: apply it, publish its funnel, and let a deal fire the trigger.");
        await CheckAsync(version, cancellationToken);
        if (version.IsPublished || !version.IsLatest) return version;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var before = await Of(context, account).AsNoTracking().Where(row => row.DefinitionId == version.DefinitionId && row.Version < version.Version).OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellationToken);
        // It was run already and not changed since.
        if (before is not null && Same(before.Document, version.Document)) return before;
        var draft = await Of(context, account).FirstOrDefaultAsync(row => row.VersionId == version.VersionId && row.IsLatest && !row.IsPublished && row.Document == version.Document, cancellationToken)
            ?? throw new DefinitionRefusedException("draft_changed", "Somebody saved this workflow at the same moment. Read it again.");
        await DraftBehindAsync(context, account, draft, cancellationToken);
        await SaveAsync(context, account, cancellationToken);
        return draft;
    }

    // Runs may be on the version: it never changes any more.
    private async Task<DefinitionRow> DraftBehindAsync(AutomationDbContext context, AccountId account, DefinitionRow version, CancellationToken cancellationToken)
    {
        version.IsLatest = false;
        var draft = Next(account, version.DefinitionId, await HighestAsync(context, version, cancellationToken) + 1, version.Name, version.Document);
        context.Definitions.Add(draft);
        return draft;
    }

    private async Task<int> DeleteAsync(AccountId account, Func<IQueryable<DefinitionRow>, IQueryable<DefinitionRow>> which, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await which(Of(context, account)).ToListAsync(cancellationToken);
        if (rows.Count == 0) return 0;
        foreach (var row in rows) RefuseFunnels(row);
        var versions = rows.ConvertAll(row => row.VersionId);
        var needed = await context.Runs.Where(run => run.AccountId == account.Value && versions.Contains(run.DefinitionVersionId) && (run.Status == (int)RunStatus.Running || run.Status == (int)RunStatus.Suspended)).CountAsync(cancellationToken);
        if (needed > 0) throw new DefinitionRefusedException("definition_in_use", $"{needed} runs of it have not ended. Cancel them first, or wait.");
        if (await UsesInRuns.FindAsync(context, account, rows, await composites.ReadAnewAsync(account, cancellationToken), cancellationToken) is { Count: > 0 } uses)
            throw new DefinitionRefusedException("definition_in_use", $"{uses.Sum(use => use.Runs)} runs of workflows that use it as a step have not ended: {UsesInRuns.Names(uses)}. Cancel them first, or wait.");
        context.Definitions.RemoveRange(rows);
        await TriggerTimers.DisarmAsync(context, account, [.. rows.Where(row => row.IsPublished).Select(row => row.DefinitionId)], cancellationToken);
        foreach (var definition in rows.Where(row => row.IsLatest).Select(row => row.DefinitionId))
        {
            var left = await Of(context, account).Where(row => row.DefinitionId == definition && !versions.Contains(row.VersionId)).OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellationToken);
            if (left is not null) left.IsLatest = true;
        }

        await SaveAsync(context, account, cancellationToken);
        return rows.Count;
    }

    private async Task PublishAsync(AutomationDbContext context, DefinitionRow row, CancellationToken cancellationToken)
    {
        FunnelStart.Refuse(RunJson.Parse(row.Document));
        var workflow = await CheckAsync(row, cancellationToken);
        await steps.CheckAsync(RunJson.Parse(row.Document), await composites.ReadAsync(new(row.AccountId), cancellationToken), cancellationToken);
        var account = await accounts.GetAsync(new(row.AccountId), cancellationToken);
        await TriggerTimers.DisarmAsync(context, account.Id, [row.DefinitionId], cancellationToken);
        await TriggerTimers.ArmAsync(context, account, row.DefinitionId, workflow.Triggers(clock.GetUtcNow(), account.TimeZone), ids, clock.GetUtcNow(), cancellationToken);
        foreach (var other in await context.Definitions.Where(one => one.AccountId == row.AccountId && one.DefinitionId == row.DefinitionId && one.VersionId != row.VersionId && (one.IsPublished || one.IsLatest)).ToListAsync(cancellationToken))
            (other.IsPublished, other.IsLatest) = (false, false);
        (row.IsPublished, row.IsLatest) = (true, true);
    }

    private async Task<CompiledWorkflow> CheckAsync(DefinitionRow row, CancellationToken cancellationToken) =>
        interpreter.Compile(new(row.VersionId, row.DefinitionId, row.Version, RunJson.Parse(row.Document)), await composites.ReadAsync(new(row.AccountId), cancellationToken));

    private async Task SaveAsync(AutomationDbContext context, AccountId account, CancellationToken cancellationToken)
    {
        var moves = context.ChangeTracker.Entries<DefinitionRow>().Any(Moves);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || e.InnerException is System.Data.Common.DbException)
        {
            throw new DefinitionRefusedException("draft_changed", "Somebody saved this workflow at the same moment. Read it again.");
        }
        finally
        {
            if (moves) Forget(account);
        }
    }

    // A draft that is saved in its place moves nothing: nothing starts by it, and nobody uses it.
    private static bool Moves(EntityEntry<DefinitionRow> entry) =>
        entry.State is EntityState.Added or EntityState.Deleted || entry.Property(row => row.IsPublished).IsModified || entry.Property(row => row.IsLatest).IsModified;

    private void Forget(AccountId account)
    {
        triggers.Forget(account.Value);
        composites.Forget(account.Value);
    }

    private static Task<int> HighestAsync(AutomationDbContext context, DefinitionRow of, CancellationToken cancellationToken) =>
        context.Definitions.Where(row => row.AccountId == of.AccountId && row.DefinitionId == of.DefinitionId).MaxAsync(row => row.Version, cancellationToken);

    private DefinitionRow Next(AccountId account, string definitionId, int version, string? name, string document) => new()
    {
        VersionId = ids.NewId().ToString("N"),
        DefinitionId = definitionId,
        AccountId = account.Value,
        Version = version,
        Name = name,
        Document = document,
        IsLatest = true,
        CreatedAt = clock.GetUtcNow(),
    };

    // Sixteen hex digits, as Studio makes them.
    private string NewActivityId() => ids.NewId().ToString("N")[16..];

    private static bool Same(string one, string other) => one == other || JToken.DeepEquals(RunJson.Parse(one), RunJson.Parse(other));

    private static IQueryable<DefinitionRow> Of(AutomationDbContext context, AccountId account) => context.Definitions.Where(row => row.AccountId == account.Value);

    // Names of timers and copies are made of ids.
    private static void CheckId(string definitionId)
    {
        if (definitionId.Length > LongestName || definitionId.Contains('|', StringComparison.Ordinal) || definitionId.Any(char.IsControl) || WorkingCopies.Is(definitionId))
            throw new DefinitionRefusedException("definition_invalid", $"'{definitionId[..Math.Min(definitionId.Length, 60)]}' cannot be the id of a workflow: take at most {LongestName} letters, digits, dots and dashes.");
    }

    private static void RefuseFunnels(DefinitionRow row)
    {
        if (row.FunnelId is not null && !WorkingCopies.Is(row.DefinitionId)) throw new DefinitionRefusedException("definition_of_funnel", "This workflow belongs to a funnel's trigger. Change and publish it there.");
    }
}
