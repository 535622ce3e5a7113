using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Elsa;

/// <summary>A run's journal as Studio reads it.</summary>
/// <param name="Names">The activities' names, by id.</param>
/// <param name="Workflow">The version that ran; null where it is gone or does not compile any more.</param>
/// <param name="Size">Characters of the journal rows.</param>
internal sealed record RunStory(RunRecords Records, IReadOnlyDictionary<string, string> Names, CompiledWorkflow? Workflow, int Size);

/// <summary>
/// Keeps journals that were read while their run stands as it did: a viewer asks for the same one several times a second. A step changes a
/// run's row and its journal in one commit, so an unchanged row means an unchanged journal.
/// </summary>
internal sealed class RunRecordsCache(FunnelCatalog workflows)
{
    private const int MostRows = 10_000;

    // Characters of journal text; read, a row takes some twenty times that in bytes.
    private const int MostKept = 4_000_000;

    private readonly Dictionary<Guid, LinkedListNode<Kept>> kept = [];
    private readonly LinkedList<Kept> order = new();
    private readonly Lock gate = new();
    private int size;

    /// <summary>Journals that were read from the store so far.</summary>
    public int Reads { get; private set; }

    public async Task<RunStory> ReadAsync(AutomationDbContext db, RunRow run, CancellationToken cancellationToken)
    {
        if (Find(run) is { } known) return known;
        var rows = await db.Journal.AsNoTracking().Where(one => one.AccountId == run.AccountId && one.RunId == run.Id).OrderBy(one => one.Sequence).Take(MostRows).ToListAsync(cancellationToken);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var document = await db.Definitions.AsNoTracking().Where(one => one.AccountId == run.AccountId && one.VersionId == run.DefinitionVersionId).Select(one => one.Document).FirstOrDefaultAsync(cancellationToken);
        foreach (var activity in document is null ? [] : DefinitionDocument.Activities(ApiJson.Parse(document)))
            if ((string?)activity["id"] is { } id && (string?)activity["name"] is { Length: > 0 } name) names[id] = name;
        var story = new RunStory(new(run, rows), names, await WorkflowAsync(run), rows.Sum(row => row.Facts.Length));
        Keep(run, story);
        return story;
    }

    private async Task<CompiledWorkflow?> WorkflowAsync(RunRow run)
    {
        try
        {
            return await workflows.WorkflowAsync(new(run.AccountId), run.DefinitionVersionId);
        }
        catch (DefinitionInvalidException)
        {
            return null;
        }
    }

    private RunStory? Find(RunRow run)
    {
        lock (gate)
        {
            if (!kept.TryGetValue(run.Id, out var node) || node.Value.Stamp != (run.Sequence, run.UpdatedAt)) return null;
            order.Remove(node);
            order.AddFirst(node);
            return node.Value.Story;
        }
    }

    private void Keep(RunRow run, RunStory story)
    {
        lock (gate)
        {
            Reads++;
            if (kept.TryGetValue(run.Id, out var old)) Drop(old);
            if (story.Size > MostKept) return;
            kept[run.Id] = order.AddFirst(new Kept(run.Id, (run.Sequence, run.UpdatedAt), story));
            size += story.Size;
            while (size > MostKept) Drop(order.Last!);
        }
    }

    private void Drop(LinkedListNode<Kept> node)
    {
        kept.Remove(node.Value.Run);
        order.Remove(node);
        size -= node.Value.Story.Size;
    }

    private sealed record Kept(Guid Run, (long Sequence, DateTimeOffset At) Stamp, RunStory Story);
}
