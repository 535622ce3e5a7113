using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Hosting.Funnels.Drafts;
using Automation.Engine.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Funnels;

/// <summary>Shows drafts: what they hold, how they differ from what is published, what is wrong with them.</summary>
public sealed class DraftReads(IDbContextFactory<AutomationDbContext> contexts, FunnelService funnels, FunnelDocuments documents, DraftChecks checks)
{
    public async Task<DraftView> ViewAsync(DraftState state, bool english, CancellationToken cancellationToken)
    {
        var row = state.Funnel;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var connection = await db.Connections.Where(one => one.Id == row.ConnectionId).Select(one => one.Name).FirstOrDefaultAsync(cancellationToken);
        var publishedAt = await db.FunnelVersions.Where(one => one.AccountId == row.AccountId && one.FunnelId == row.Id && one.Version == row.PublishedVersion).Select(one => (DateTimeOffset?)one.PublishedAt).FirstOrDefaultAsync(cancellationToken);
        return new(
            row.Id, row.Slug, row.Name, row.ConnectionId, connection, row.DraftRevision, row.PublishedVersion, publishedAt, FunnelJson.ToJson(state.Document),
            NameOf(state.Undo, english), NameOf(state.Redo, english), await ChangedAsync(state, cancellationToken), await ProblemsAsync(state, english, cancellationToken));
    }

    public async Task<DraftChanged> ViewAsync(DraftOutcome outcome, bool english, CancellationToken cancellationToken)
    {
        var state = outcome.State;
        return new(
            state.Funnel.DraftRevision, outcome.Number, NameOf(state.Undo, english), NameOf(state.Redo, english), [.. outcome.Parts.Select(part => new PartValue(part, ValueOf(state.Document, part)))],
            await ChangedAsync(state, cancellationToken), await ProblemsAsync(state, english, cancellationToken));
    }

    /// <summary>What the draft differs in from what is published; without a published version every trigger is new.</summary>
    private async Task<IReadOnlyList<ChangedPart>> ChangedAsync(DraftState state, CancellationToken cancellationToken)
    {
        var funnel = state.Funnel;
        var published = funnel.PublishedVersion is { } version ? await documents.PublishedAsync(funnel.Id, version, () => funnels.ExportAsync(new(funnel.AccountId), funnel.Id, version, cancellationToken)) : null;
        var edits = DraftMerge.Between(published ?? state.Document with { Triggers = [] }, state.Document);
        return
        [
            .. edits.Select(edit => new ChangedPart(
                edit.Part, edit.Part == PartEdit.Head ? state.Document.Name : (string?)(edit.After ?? edit.Before)!["name"] ?? edit.Part,
                edit switch { { Part: PartEdit.Head } => "edited", { Before: null } => "new", { After: null } => "removed", _ => "edited" })),
        ];
    }

    public async Task<IReadOnlyList<ProblemView>> ProblemsAsync(DraftState state, bool english, CancellationToken cancellationToken) =>
    [
        .. (await checks.CheckAsync(new(state.Funnel.AccountId), state.Funnel.Id, new(state.Funnel.ConnectionId), state.Document, cancellationToken)).Select(finding => new ProblemView(
            finding.IsError ? "error" : "warning", finding.Code, finding.Part, finding.Place, finding.Message.In(english), [.. finding.Fixes.Select(fix => new FixView(fix.Title.In(english), fix.Edit))])),
    ];

    public static string? NameOf(ChangeName? name, bool english) => name is null ? null : ChangeWords.Of(name, english);

    private static Newtonsoft.Json.Linq.JObject? ValueOf(FunnelDocument document, string part) =>
        part == PartEdit.Head ? FunnelJson.HeadOf(document) : document.Triggers.FirstOrDefault(trigger => trigger.Id == part) is { } trigger ? FunnelJson.ToJson(trigger) : null;
}
