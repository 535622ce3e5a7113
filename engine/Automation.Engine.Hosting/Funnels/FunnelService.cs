using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Funnels.Drafts;
using Automation.Engine.Hosting.Messages;
using Automation.Engine.Hosting.Timers;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>Drafts, versions and their history. Publishing is one transaction; running work stays on its version.</summary>
public sealed class FunnelService(
    IDbContextFactory<AutomationDbContext> contexts, FunnelValidator validator, FunnelCatalog catalog, CrmDirectoryCache directories,
    AccountDirectory accounts, CalendarDirectory calendars, CompositeCatalog composites, IMessageTemplates templates, DraftFeed feed, RedriveSignal signal, IIdSource ids, TimeProvider clock)
{
    /// <summary>Code of a trigger that bears the id of another published funnel's.</summary>
    public const string IdTaken = "trigger_id_taken";

    /// <summary>Saves a document as the draft of the funnel with its slug; makes the funnel when absent.</summary>
    /// <param name="revision">The draft revision that the author read; null to overwrite.</param>
    /// <exception cref="FunnelInvalidException">The document has no connection to stand on, or somebody saved in between (<c>draft_changed</c>).</exception>
    public Task<FunnelRow> SaveDraftAsync(AccountId account, FunnelDocument document, long? revision, CancellationToken cancellationToken) =>
        SaveDraftAsync(account, document, revision, null, null, cancellationToken);

    /// <inheritdoc cref="SaveDraftAsync(AccountId, FunnelDocument, long?, CancellationToken)"/>
    /// <param name="author">Who saves it: a change that the author can take back; null for the installation itself.</param>
    /// <param name="name">What the change is called.</param>
    public async Task<FunnelRow> SaveDraftAsync(AccountId account, FunnelDocument document, long? revision, DraftAuthor? author, ChangeName? name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var connection = await FindConnectionAsync(context, account, document, cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var there = context.Funnels.Where(funnel => funnel.AccountId == account.Value && funnel.Slug == document.Slug);
        var row = await DraftHistory.TakeAsync(there, cancellationToken) ? await there.FirstAsync(cancellationToken) : null;
        if (row is null)
        {
            row = new FunnelRow { DraftRevision = 1, Id = ids.NewId(), AccountId = account.Value, Slug = document.Slug, Name = document.Name, Draft = "", CreatedAt = clock.GetUtcNow() };
            context.Funnels.Add(row);
        }
        else if (revision is { } read && read != row.DraftRevision - 1)
        {
            throw new FunnelInvalidException([new("", "draft_changed", "Somebody saved this draft after you read it. Read it again.")]);
        }

        if (row.ConnectionId != connection.Id) await HoldAsync(context, connection, cancellationToken);
        var before = row.Draft.Length == 0 ? null : row.Draft;
        (row.Name, row.ConnectionId, row.Draft, row.UpdatedAt) = (document.Name, connection.Id, FunnelJson.Write(document, indented: false), clock.GetUtcNow());
        if (author is not null && before is not null && DraftMerge.Between(FunnelJson.Read(before), document) is { Count: > 0 } edits)
            await DraftHistory.AddAsync(context, row, author, name ?? new(ChangeNames.Imported, []), edits, clock.GetUtcNow(), cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Tell(row, author?.Id);
        return row;
    }

    /// <summary>Makes the draft the published version.</summary>
    /// <exception cref="FunnelInvalidException">The draft has problems; nothing is published.</exception>
    public Task<FunnelVersionRow> PublishAsync(AccountId account, Guid funnelId, string? author, string? note, CancellationToken cancellationToken) =>
        PublishAsync(account, funnelId, author, note, null, null, cancellationToken);

    /// <inheritdoc cref="PublishAsync(AccountId, Guid, string?, string?, CancellationToken)"/>
    /// <param name="inside">What becomes of runs that wait in older versions: an <see cref="InsideChoice"/>; null: they are finished as they began.</param>
    /// <param name="revision">The draft revision that was looked at; null: whatever the draft is.</param>
    public async Task<FunnelVersionRow> PublishAsync(AccountId account, Guid funnelId, string? author, string? note, string? inside, long? revision, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var funnel = await FindAsync(context, account, funnelId, cancellationToken);
        if (revision is { } looked && looked != funnel.DraftRevision) throw new FunnelInvalidException([new("", "draft_changed", "Somebody changed this draft after you looked at it. Look at the changes again.")]);
        var document = FunnelJson.Read(funnel.Draft);
        catalog.Invalidate(account);
        var problems = await CheckAsync(account, document, new(funnel.ConnectionId), cancellationToken);
        if (problems.Count > 0) throw new FunnelInvalidException(problems);

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        // One after the other, on whatever server: of two funnels that are published at once the second sees the first one's triggers.
        await HoldAsync(context, await context.Connections.FirstAsync(row => row.Id == funnel.ConnectionId, cancellationToken), cancellationToken);
        catalog.Invalidate(account);
        if (TakenIds(document, await NeighboursAsync(account, document, new(funnel.ConnectionId))).ToList() is { Count: > 0 } taken) throw new FunnelInvalidException(taken);
        var number = (await context.FunnelVersions.Where(version => version.FunnelId == funnelId).MaxAsync(version => (int?)version.Version, cancellationToken) ?? 0) + 1;
        var pinned = new List<FunnelTrigger>();
        foreach (var trigger in document.Triggers) pinned.Add(await PinAsync(context, account, funnel, trigger, cancellationToken));
        var row = new FunnelVersionRow
        {
            FunnelId = funnelId,
            AccountId = account.Value,
            Version = number,
            Document = FunnelJson.Write(document with { Triggers = pinned }, indented: false),
            PublishedAt = clock.GetUtcNow(),
            Author = author,
            Note = note,
            Inside = inside is InsideChoice.Migrate or InsideChoice.Cancel ? inside : null,
        };
        context.FunnelVersions.Add(row);
        funnel.PublishedVersion = number;
        funnel.UpdatedAt = clock.GetUtcNow();
        await ArmSchedulesAsync(context, account, funnel, document, cancellationToken);
        await ArmDatesAsync(context, account, funnel, document, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        catalog.Invalidate(account);
        feed.Tell(funnel, null);
        if (row.Inside is not null) signal.Set();
        return row;
    }

    /// <summary>Stops a funnel: nothing of it is published. What runs is finished on the version that it began with.</summary>
    public async Task<FunnelRow> UnpublishAsync(AccountId account, Guid funnelId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var funnel = await FindAsync(context, account, funnelId, cancellationToken);
        if (funnel.PublishedVersion is { } version)
        {
            var triggers = FunnelJson.Read(await context.FunnelVersions.Where(row => row.FunnelId == funnelId && row.Version == version).Select(row => row.Document).FirstAsync(cancellationToken)).Triggers.Select(trigger => trigger.Id).ToList();
            context.Timers.RemoveRange(await context.Timers.Where(timer => timer.AccountId == account.Value && timer.ConnectionId == funnel.ConnectionId && (timer.Kind == "schedule" || timer.Kind == "arm") && triggers.Contains(timer.TriggerId!)).ToListAsync(cancellationToken));
        }

        (funnel.PublishedVersion, funnel.UpdatedAt) = (null, clock.GetUtcNow());
        await context.SaveChangesAsync(cancellationToken);
        catalog.Invalidate(account);
        feed.Tell(funnel, null);
        return funnel;
    }

    /// <summary>Removes a funnel that is not published and of which nothing runs: draft, changes and versions. Its runs and its journal stay.</summary>
    /// <returns>False when it is published, or something of it still runs.</returns>
    public async Task<bool> RemoveAsync(AccountId account, Guid funnelId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var funnel = await FindAsync(context, account, funnelId, cancellationToken);
        if (funnel.PublishedVersion is not null) return false;
        foreach (var trigger in await OpenRuns.TriggersAsync(context, account.Value, funnelId, cancellationToken))
            if (await OpenRuns.Of(context, account.Value, funnelId, trigger).AnyAsync(cancellationToken)) return false;
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.DraftChanges.Where(change => change.AccountId == account.Value && change.FunnelId == funnelId).ExecuteDeleteAsync(cancellationToken);
        await context.FunnelVersions.Where(version => version.AccountId == account.Value && version.FunnelId == funnelId).ExecuteDeleteAsync(cancellationToken);
        // Published by somebody meanwhile: it stays.
        if (await context.Funnels.Where(row => row.Id == funnelId && row.PublishedVersion == null).ExecuteDeleteAsync(cancellationToken) == 0) return false;
        await transaction.CommitAsync(cancellationToken);
        feed.Tell(funnel, null);
        return true;
    }

    /// <summary>A version (or the draft, when null) with its workflows inside: one readable document.</summary>
    public async Task<FunnelDocument> ExportAsync(AccountId account, Guid funnelId, int? version, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var funnel = await FindAsync(context, account, funnelId, cancellationToken);
        if (version is null) return FunnelJson.Read(funnel.Draft);
        var row = await context.FunnelVersions.AsNoTracking().FirstOrDefaultAsync(one => one.AccountId == account.Value && one.FunnelId == funnelId && one.Version == version, cancellationToken)
            ?? throw new KeyNotFoundException($"The funnel has no version {version}.");
        var document = FunnelJson.Read(row.Document);
        var pinned = document.Triggers.Select(trigger => trigger.DefinitionVersionId!).ToList();
        var workflows = await context.Definitions.Where(one => one.AccountId == account.Value && pinned.Contains(one.VersionId)).Select(one => new { one.VersionId, one.Document }).ToDictionaryAsync(one => one.VersionId, one => one.Document, cancellationToken);
        return document with { Triggers = [.. document.Triggers.Select(trigger => trigger with { Then = Mailboxes.RunJson.Parse(workflows[trigger.DefinitionVersionId!]), DefinitionVersionId = null })] };
    }

    /// <summary>Puts an old version into the draft; publish it to make it run.</summary>
    public async Task<FunnelRow> RestoreAsync(AccountId account, Guid funnelId, int version, DraftAuthor author, CancellationToken cancellationToken) =>
        await SaveDraftAsync(account, await ExportAsync(account, funnelId, version, cancellationToken), null, author, new(ChangeNames.Restored, [$"{version}"]), cancellationToken);

    /// <summary>Everything that is wrong with a document; empty when it can be published.</summary>
    public async Task<IReadOnlyList<FunnelProblem>> CheckAsync(AccountId account, FunnelDocument document, ConnectionId connection, CancellationToken cancellationToken) =>
    [
        .. await validator.CheckAsync(document, await directories.GetAsync(connection, cancellationToken), await calendars.NamesAsync(account, cancellationToken), await composites.ReadAsync(account, cancellationToken), cancellationToken),
        .. await GoneTemplatesAsync(account, document, cancellationToken),
        .. TakenIds(document, await NeighboursAsync(account, document, connection)),
    ];

    /// <summary>Ids that a new trigger of this funnel cannot have: those of its own, and of the CRM's other published funnels.</summary>
    public async Task<IReadOnlySet<string>> TakenIdsAsync(AccountId account, FunnelDocument document, ConnectionId connection) =>
        document.Triggers.Select(trigger => trigger.Id).Concat((await NeighboursAsync(account, document, connection)).SelectMany(funnel => funnel.Triggers).Select(trigger => trigger.Definition.Id)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Message templates that steps name and that the account does not keep.</summary>
    private async Task<IReadOnlyList<FunnelProblem>> GoneTemplatesAsync(AccountId account, FunnelDocument document, CancellationToken cancellationToken)
    {
        var named = document.Triggers.SelectMany((trigger, at) => MessageTemplateUses.In(trigger.Then).Select(one => (Path: $"triggers[{at}].then.{one.Step.Node.Path}.{MessageTemplateUses.Input}", one.Name))).ToList();
        if (named.Count == 0) return [];
        var known = (await templates.ListAsync(account, cancellationToken)).Select(template => template.Name).ToHashSet(StringComparer.Ordinal);
        return [.. named.Where(one => !known.Contains(one.Name)).Select(one => new FunnelProblem(one.Path, "template_missing",
            $"There is no message template '{one.Name}': choose another, or make one of this name in the settings.", Ru: $"Нет шаблона сообщений «{one.Name}»: выберите другой или создайте его в настройках."))];
    }

    private async Task<IEnumerable<CompiledFunnel>> NeighboursAsync(AccountId account, FunnelDocument document, ConnectionId connection) =>
        (await catalog.PublishedAsync(account)).Where(funnel => funnel.Connection == connection && funnel.Document.Slug != document.Slug);

    /// <summary>What a trigger has done for a deal, and its timers, are kept by its id: two published funnels of one CRM cannot have the same.</summary>
    private static IEnumerable<FunnelProblem> TakenIds(FunnelDocument document, IEnumerable<CompiledFunnel> neighbours)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < document.Triggers.Count; i++) places.TryAdd(document.Triggers[i].Id, i);
        foreach (var funnel in neighbours)
            foreach (var other in funnel.Triggers)
                if (places.Remove(other.Definition.Id, out var at))
                    yield return new($"triggers[{at}].id", IdTaken,
                        $"The published funnel '{funnel.Document.Name}' has a trigger with the id '{other.Definition.Id}' too. What a trigger did for a deal is kept by its id: give this one another.",
                        Ru: $"Карточка с идентификатором «{other.Definition.Id}» уже есть в опубликованной воронке «{funnel.Document.Name}»: они путали бы, что для какой сделки сделано. Дайте этой карточке другой.");
    }

    private static async Task<FunnelRow> FindAsync(AutomationDbContext context, AccountId account, Guid funnelId, CancellationToken cancellationToken) =>
        await context.Funnels.FirstOrDefaultAsync(funnel => funnel.AccountId == account.Value && funnel.Id == funnelId, cancellationToken)
            ?? throw new KeyNotFoundException("There is no such funnel.");

    /// <summary>The connection that a document stands on.</summary>
    /// <exception cref="FunnelInvalidException">There is none, or more than one.</exception>
    public static async Task<ConnectionRow> FindConnectionAsync(AutomationDbContext context, AccountId account, FunnelDocument document, CancellationToken cancellationToken)
    {
        var crms = await context.Connections.Where(connection => connection.AccountId == account.Value && (connection.Name == document.Connection || (document.Connection == null && connection.Directory != null))).ToListAsync(cancellationToken);
        return crms.Count switch
        {
            1 => crms[0],
            0 => throw new FunnelInvalidException([new("connection", "connection_unknown", document.Connection is null ? "No CRM is connected yet: connect one first." : $"There is no connection '{document.Connection}'.")]),
            _ => throw new FunnelInvalidException([new("connection", "connection_unknown", $"Several CRMs are connected; name one: {string.Join(", ", crms.Select(crm => crm.Name))}.")]),
        };
    }

    /// <summary>Until the end of the transaction the connection is not removed: a funnel is about to stand on it.</summary>
    /// <exception cref="FunnelInvalidException">It is gone.</exception>
    internal static async Task HoldAsync(AutomationDbContext context, ConnectionRow connection, CancellationToken cancellationToken)
    {
        if (!await Accounts.ConnectionRemoval.TakeAsync(context, new(connection.Id), cancellationToken))
            throw new FunnelInvalidException([new("connection", "connection_unknown", $"There is no connection '{connection.Name}'.")]);
    }

    /// <summary>Pins the trigger's workflow: the latest version when it is unchanged, a new one otherwise.</summary>
    private async Task<FunnelTrigger> PinAsync(AutomationDbContext context, AccountId account, FunnelRow funnel, FunnelTrigger trigger, CancellationToken cancellationToken)
    {
        var definitionId = $"{funnel.Slug}.{trigger.Id}";
        var text = trigger.Then!.ToString(Newtonsoft.Json.Formatting.None);
        var latest = await context.Definitions.FirstOrDefaultAsync(one => one.AccountId == account.Value && one.DefinitionId == definitionId && one.IsLatest, cancellationToken);
        if (latest is not null && latest.Document == text) return trigger with { Then = null, DefinitionVersionId = latest.VersionId };
        if (latest is not null) (latest.IsLatest, latest.IsPublished) = (false, false);
        var row = new DefinitionRow
        {
            VersionId = ids.NewId().ToString("N"),
            DefinitionId = definitionId,
            AccountId = account.Value,
            Version = (latest?.Version ?? 0) + 1,
            Name = trigger.Name,
            Document = text,
            IsLatest = true,
            IsPublished = true,
            FunnelId = funnel.Id,
            CreatedAt = clock.GetUtcNow(),
        };
        context.Definitions.Add(row);
        return trigger with { Then = null, DefinitionVersionId = row.VersionId };
    }

    private async Task ArmSchedulesAsync(AutomationDbContext context, AccountId account, FunnelRow funnel, FunnelDocument document, CancellationToken cancellationToken)
    {
        var zone = (await accounts.GetAsync(account, cancellationToken)).TimeZone;
        var mine = document.Triggers.Where(trigger => trigger.When.Event == TriggerEvents.Schedule).ToList();
        var before = funnel.PublishedVersion is null ? [] : await context.Timers
            .Where(timer => timer.AccountId == account.Value && timer.ConnectionId == funnel.ConnectionId && timer.Kind == "schedule").ToListAsync(cancellationToken);
        var triggerIds = document.Triggers.Select(trigger => trigger.Id).ToHashSet(StringComparer.Ordinal);
        context.Timers.RemoveRange(before.Where(timer => triggerIds.Contains(timer.TriggerId!)));
        foreach (var trigger in mine.Where(trigger => trigger.Enabled))
        {
            if (Cron.Next(trigger.When.Cron!, clock.GetUtcNow(), zone) is not { } next) continue;
            await AddTimerAsync(context, account, funnel, trigger.Id, "schedule", next, cancellationToken);
        }
    }

    /// <summary>Triggers that follow a date reach the deals that are in their span already: one timer each in this transaction, the deals follow page by page.</summary>
    private async Task ArmDatesAsync(AutomationDbContext context, AccountId account, FunnelRow funnel, FunnelDocument document, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var left = await context.Timers.Where(timer => timer.AccountId == account.Value && timer.ConnectionId == funnel.ConnectionId && timer.Kind == "arm").ToListAsync(cancellationToken);
        foreach (var trigger in document.Triggers.Where(trigger => trigger.When.Event == TriggerEvents.DateField && trigger.Enabled))
        {
            context.Timers.RemoveRange(left.Where(timer => timer.TriggerId == trigger.Id));
            await AddTimerAsync(context, account, funnel, trigger.Id, "arm", now, cancellationToken);
        }
    }

    private async Task AddTimerAsync(AutomationDbContext context, AccountId account, FunnelRow funnel, string trigger, string kind, DateTimeOffset due, CancellationToken cancellationToken)
    {
        if (!await context.Mailboxes.AnyAsync(row => row.AccountId == account.Value && row.ConnectionId == funnel.ConnectionId && row.EntityType == EntityTypes.Schedule && row.EntityId == trigger, cancellationToken))
            context.Mailboxes.Add(new MailboxRow { AccountId = account.Value, ConnectionId = funnel.ConnectionId, EntityType = EntityTypes.Schedule, EntityId = trigger, UpdatedAt = clock.GetUtcNow() });
        context.Timers.Add(new TimerRow
        {
            Id = ids.NewId(),
            AccountId = account.Value,
            ConnectionId = funnel.ConnectionId,
            EntityType = EntityTypes.Schedule,
            EntityId = trigger,
            Kind = kind,
            TriggerId = trigger,
            DueAt = due,
        });
    }
}
