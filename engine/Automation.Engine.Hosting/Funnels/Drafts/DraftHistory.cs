using Automation.Engine.Funnels.Editing;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Funnels.Drafts;

/// <summary>Who changes a draft: a user, or a key.</summary>
public sealed record DraftAuthor(Guid Id, string Name);

/// <summary>States of a row of <c>draft_changes</c>.</summary>
public static class DraftChangeState
{
    public const int Done = 0;
    public const int Undone = 1;

    /// <summary>Undone, and its author did something else then: it cannot be brought back.</summary>
    public const int Dropped = 2;
}

/// <summary>The rows of a draft's changes.</summary>
internal static class DraftHistory
{
    private static readonly JsonSerializerSettings Settings = new() { NullValueHandling = NullValueHandling.Ignore, DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };

    /// <summary>Raises the draft's revision: who has raised it holds the row until the commit, so that changes of one draft come one after another.</summary>
    /// <returns>False when there is no such funnel.</returns>
    public static async Task<bool> TakeAsync(IQueryable<FunnelRow> funnel, CancellationToken cancellationToken) =>
        await funnel.ExecuteUpdateAsync(row => row.SetProperty(x => x.DraftRevision, x => x.DraftRevision + 1), cancellationToken) > 0;

    /// <summary>Adds a change to what is saved next. What its author had undone before is dropped.</summary>
    public static async Task<DraftChangeRow> AddAsync(
        AutomationDbContext context, FunnelRow funnel, DraftAuthor author, ChangeName name, IReadOnlyList<PartEdit> edits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changes = context.DraftChanges.Where(change => change.AccountId == funnel.AccountId && change.FunnelId == funnel.Id);
        foreach (var undone in await changes.Where(change => change.AuthorId == author.Id && change.State == DraftChangeState.Undone).ToListAsync(cancellationToken)) undone.State = DraftChangeState.Dropped;
        var row = new DraftChangeRow
        {
            AccountId = funnel.AccountId,
            FunnelId = funnel.Id,
            Number = (await changes.MaxAsync(change => (int?)change.Number, cancellationToken) ?? 0) + 1,
            AuthorId = author.Id,
            Author = author.Name,
            At = now,
            Name = JsonConvert.SerializeObject(name, Settings),
            Edits = Write(edits),
            State = DraftChangeState.Done,
            Revision = funnel.DraftRevision,
        };
        context.DraftChanges.Add(row);
        return row;
    }

    public static string Write(IReadOnlyList<PartEdit> edits) => JsonConvert.SerializeObject(edits, Settings);

    public static IReadOnlyList<PartEdit> EditsOf(DraftChangeRow row) => JsonConvert.DeserializeObject<List<PartEdit>>(row.Edits, Settings)!;

    public static ChangeName NameOf(DraftChangeRow row) => JsonConvert.DeserializeObject<ChangeName>(row.Name, Settings)!;
}
