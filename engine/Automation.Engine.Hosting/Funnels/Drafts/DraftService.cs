using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Funnels.Drafts;

/// <summary>A draft for one person.</summary>
/// <param name="Undo">What the person's next undo takes back; null for nothing.</param>
/// <param name="Redo">What the next redo brings back.</param>
public sealed record DraftState(FunnelRow Funnel, FunnelDocument Document, ChangeName? Undo, ChangeName? Redo);

/// <summary>A change that was taken in.</summary>
/// <param name="Parts">Parts that it changed.</param>
public sealed record DraftOutcome(DraftState State, int Number, IReadOnlyList<string> Parts);

/// <summary>A change that was refused because of what somebody else did.</summary>
/// <param name="conflict">The part.</param>
/// <param name="by">Who changed it last, and when; null when it is not known.</param>
/// <param name="step">What was refused: null for a change, else the undo or redo.</param>
public sealed class DraftRefusedException(DraftConflictException conflict, DraftChangeRow? by, string? step) : Exception(conflict.Message, conflict)
{
    public DraftConflictException Conflict => conflict;

    public DraftChangeRow? By => by;

    public string? Step => step;
}

/// <summary>Changes of drafts: laid over the draft as it is now, kept in rows, taken back by their author.</summary>
public sealed class DraftService(IDbContextFactory<AutomationDbContext> contexts, FunnelDocuments documents, DraftFeed feed, TimeProvider clock)
{
    public const string Undo = "undo";
    public const string Redo = "redo";

    /// <exception cref="KeyNotFoundException">There is no such funnel.</exception>
    public async Task<DraftState> ReadAsync(AccountId account, Guid funnelId, Guid person, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var funnel = await context.Funnels.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.Id == funnelId, cancellationToken) ?? throw Missing();
        return await StateAsync(context, funnel, documents.Draft(funnel), person, cancellationToken);
    }

    /// <summary>Takes in a change; one that changes nothing is answered and not kept.</summary>
    /// <exception cref="DraftRefusedException">Somebody changed the same thing meanwhile; nothing is changed.</exception>
    /// <exception cref="FunnelInvalidException">A part cannot be read.</exception>
    public Task<DraftOutcome> ChangeAsync(AccountId account, Guid funnelId, DraftAuthor author, DraftEdit edit, CancellationToken cancellationToken) =>
        WriteAsync(account, funnelId, author, null, async (context, funnel) =>
        {
            var laid = Lay(funnel, edit.Edits);
            if (laid.Count == 0) return (0, laid);
            var row = await DraftHistory.AddAsync(context, funnel, author, edit.Name, laid, clock.GetUtcNow(), cancellationToken);
            return (row.Number, laid);
        }, cancellationToken)!;

    /// <summary>Takes back the author's last change.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="DraftRefusedException">Somebody changed the same thing later.</exception>
    public Task<DraftOutcome?> UndoAsync(AccountId account, Guid funnelId, DraftAuthor author, CancellationToken cancellationToken) =>
        WriteAsync(account, funnelId, author, Undo, async (context, funnel) =>
        {
            if (await LastAsync(context, funnel, author.Id, cancellationToken) is not { } row) return null;
            var laid = Lay(funnel, DraftMerge.Inverse(DraftHistory.EditsOf(row)));
            row.State = DraftChangeState.Undone;
            return (row.Number, laid);
        }, cancellationToken);

    /// <summary>Brings back the author's last undone change.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="DraftRefusedException">Somebody changed the same thing later.</exception>
    public Task<DraftOutcome?> RedoAsync(AccountId account, Guid funnelId, DraftAuthor author, CancellationToken cancellationToken) =>
        WriteAsync(account, funnelId, author, Redo, async (context, funnel) =>
        {
            if (await NextAsync(context, funnel, author.Id, cancellationToken) is not { } row) return null;
            var laid = Lay(funnel, DraftHistory.EditsOf(row));
            row.State = DraftChangeState.Done;
            return (row.Number, laid);
        }, cancellationToken);

    /// <summary>Changes, newest first.</summary>
    /// <param name="before">Numbers below it; null from the newest.</param>
    public async Task<IReadOnlyList<(DraftChangeRow Row, ChangeName Name)>> ListAsync(AccountId account, Guid funnelId, int? before, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.DraftChanges.AsNoTracking().Where(row => row.AccountId == account.Value && row.FunnelId == funnelId && row.Number < (before ?? int.MaxValue))
            .OrderByDescending(row => row.Number).Take(limit).ToListAsync(cancellationToken);
        return [.. rows.Select(row => (row, DraftHistory.NameOf(row)))];
    }

    private async Task<DraftOutcome?> WriteAsync(
        AccountId account, Guid funnelId, DraftAuthor author, string? step, Func<AutomationDbContext, FunnelRow, Task<(int Number, IReadOnlyList<PartEdit> Laid)?>> change, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (!await DraftHistory.TakeAsync(context.Funnels.Where(row => row.AccountId == account.Value && row.Id == funnelId), cancellationToken)) throw Missing();
        var funnel = await context.Funnels.FirstAsync(row => row.Id == funnelId, cancellationToken);
        (int Number, IReadOnlyList<PartEdit> Laid)? made;
        try
        {
            made = await change(context, funnel);
        }
        catch (DraftConflictException conflict)
        {
            throw new DraftRefusedException(conflict, await ByAsync(context, funnel, author.Id, conflict.Part, cancellationToken), step);
        }

        if (made is not { } done) return null;
        var document = documents.Draft(funnel);
        if (done.Number == 0)
        {
            // Nothing differs: what was raised goes back with the transaction.
            funnel.DraftRevision--;
            return new(await StateAsync(context, funnel, document, author.Id, cancellationToken), 0, []);
        }

        if (done.Laid.Any(edit => edit.Part == PartEdit.Head) && await FunnelService.FindConnectionAsync(context, account, document, cancellationToken) is var connection && connection.Id != funnel.ConnectionId)
        {
            await FunnelService.HoldAsync(context, connection, cancellationToken);
            funnel.ConnectionId = connection.Id;
        }

        funnel.UpdatedAt = clock.GetUtcNow();
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Tell(funnel, author.Id);
        return new(await StateAsync(context, funnel, document, author.Id, cancellationToken), done.Number, [.. done.Laid.Select(edit => edit.Part).Distinct(StringComparer.Ordinal)]);
    }

    private IReadOnlyList<PartEdit> Lay(FunnelRow funnel, IReadOnlyList<PartEdit> edits)
    {
        var (document, laid) = DraftMerge.Lay(documents.Draft(funnel), edits);
        (funnel.Draft, funnel.Name) = (FunnelJson.Write(document, indented: false), document.Name);
        documents.Keep(funnel, document);
        return laid;
    }

    private static async Task<DraftState> StateAsync(AutomationDbContext context, FunnelRow funnel, FunnelDocument document, Guid person, CancellationToken cancellationToken)
    {
        var (last, next) = (await LastAsync(context, funnel, person, cancellationToken), await NextAsync(context, funnel, person, cancellationToken));
        return new(funnel, document, last is null ? null : DraftHistory.NameOf(last), next is null ? null : DraftHistory.NameOf(next));
    }

    private static Task<DraftChangeRow?> LastAsync(AutomationDbContext context, FunnelRow funnel, Guid person, CancellationToken cancellationToken) =>
        Of(context, funnel, person, DraftChangeState.Done).OrderByDescending(row => row.Number).FirstOrDefaultAsync(cancellationToken);

    private static Task<DraftChangeRow?> NextAsync(AutomationDbContext context, FunnelRow funnel, Guid person, CancellationToken cancellationToken) =>
        Of(context, funnel, person, DraftChangeState.Undone).OrderBy(row => row.Number).FirstOrDefaultAsync(cancellationToken);

    private static IQueryable<DraftChangeRow> Of(AutomationDbContext context, FunnelRow funnel, Guid person, int state) =>
        context.DraftChanges.Where(row => row.AccountId == funnel.AccountId && row.FunnelId == funnel.Id && row.AuthorId == person && row.State == state);

    /// <summary>The last change of a part by somebody else.</summary>
    private static async Task<DraftChangeRow?> ByAsync(AutomationDbContext context, FunnelRow funnel, Guid author, string part, CancellationToken cancellationToken)
    {
        var rows = context.DraftChanges.AsNoTracking().Where(row => row.AccountId == funnel.AccountId && row.FunnelId == funnel.Id && row.AuthorId != author && row.State == DraftChangeState.Done)
            .OrderByDescending(row => row.Number).Take(200).AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(cancellationToken))
            if (DraftHistory.EditsOf(row).Any(edit => edit.Part == part)) return row;
        return null;
    }

    private static KeyNotFoundException Missing() => new("There is no such funnel.");
}
