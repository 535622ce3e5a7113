using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Hosting.Funnels.Drafts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>A trigger's workflow as Studio works on it, beside the funnel's draft.</summary>
/// <param name="HasEdits">It differs from what it was made from.</param>
/// <param name="MovedOn">The draft's own workflow has changed since it was made.</param>
public sealed record WorkingCopy(DefinitionRow Row, FunnelRow Funnel, FunnelTrigger Trigger, bool HasEdits, bool MovedOn);

/// <summary>
/// Working copies of triggers' workflows. Studio saves into them as often as it likes; <em>Apply</em> puts one into its funnel's draft as
/// one change. A copy is two rows: version 1 is what it was made from, version 2 what Studio has made of it.
/// </summary>
public sealed class WorkingCopies(IDbContextFactory<AutomationDbContext> contexts, FunnelService funnels, DraftChecks checks, IIdSource ids, TimeProvider clock)
{
    /// <summary>Their definition ids begin so.</summary>
    public const string Prefix = "copy-";
    private const int Base = 1;
    private const int Edited = 2;

    public static string IdOf(Guid funnel, string trigger) => $"{Prefix}{funnel:N}-{trigger}";

    public static bool Is(string? definitionId) => TryRead(definitionId, out _, out _);

    /// <summary>What is stored of a copy that Studio saves: without the trigger that it was shown, under the workflow's own name. Studio knows the card's.</summary>
    /// <param name="sent">It is changed.</param>
    public static void Take(JObject sent, DefinitionRow copy)
    {
        FunnelStart.Taken(sent).Remove("name");
        if (RunJson.Parse(copy.Document)["name"] is { } name) sent["name"] = name;
    }

    /// <summary>Takes the trigger's workflow from the draft; what was edited before and not applied goes on.</summary>
    /// <param name="anew">Drops such edits.</param>
    /// <exception cref="KeyNotFoundException">The draft has no such trigger.</exception>
    public async Task<WorkingCopy> OpenAsync(AccountId account, Guid funnelId, string triggerId, bool anew, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var (funnel, trigger) = await DraftAsync(context, account, funnelId, triggerId, cancellationToken);
        var (made, edited) = await RowsAsync(context, account, IdOf(funnelId, triggerId), cancellationToken);
        var draft = TextOf(trigger);
        if (made is null || edited is null)
        {
            context.AddRange(made = NewRow(account, funnel, trigger, Base, draft), edited = NewRow(account, funnel, trigger, Edited, Begun(draft, draft)));
            edited.IsLatest = true;
        }
        else if (anew || Same(made.Document, edited.Document))
        {
            (made.Document, edited.Document) = (draft, Begun(draft, edited.Document));
        }

        (made.Name, edited.Name) = (trigger.Name, trigger.Name);
        await context.SaveChangesAsync(cancellationToken);
        return Of(made, edited, funnel, trigger);
    }

    /// <returns>Null when there is none, or its trigger is gone from the draft.</returns>
    public async Task<WorkingCopy?> FindAsync(AccountId account, string definitionId, CancellationToken cancellationToken)
    {
        if (!TryRead(definitionId, out var funnelId, out var triggerId)) return null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var (made, edited) = await RowsAsync(context, account, definitionId, cancellationToken);
        if (made is null || edited is null) return null;
        try
        {
            var (funnel, trigger) = await DraftAsync(context, account, funnelId, triggerId, cancellationToken);
            return Of(made, edited, funnel, trigger);
        }
        catch (KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Puts the copy into the draft: one change.</summary>
    /// <param name="anyway">Also over what somebody has changed in the draft meanwhile.</param>
    /// <returns>The funnel with its new revision, and the workflow that stood in the draft before; null when there is no such copy.</returns>
    /// <exception cref="DefinitionRefusedException">The draft has moved on.</exception>
    public async Task<(FunnelRow Funnel, JObject? Before)?> ApplyAsync(AccountId account, string definitionId, bool anyway, DraftAuthor author, CancellationToken cancellationToken)
    {
        if (await FindAsync(account, definitionId, cancellationToken) is not { } copy) return null;
        if (copy.MovedOn && !anyway) throw new DefinitionRefusedException("draft_changed", "The trigger's workflow was changed on the board after this copy was made. Apply it anyway, or open it anew.");
        var document = FunnelJson.Read(copy.Funnel.Draft);
        var applied = document with { Triggers = [.. document.Triggers.Select(trigger => trigger.Id == copy.Trigger.Id ? trigger with { Then = copy is { HasEdits: false, MovedOn: false } ? trigger.Then : FunnelStart.Bare(RunJson.Parse(copy.Row.Document)) } : trigger)] };
        var funnel = await funnels.SaveDraftAsync(account, applied, copy.Funnel.DraftRevision, author, new(ChangeNames.Applied, [copy.Trigger.Name]), cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if ((await RowsAsync(context, account, definitionId, cancellationToken)).Made is { } made) made.Document = copy.Row.Document;
        await context.SaveChangesAsync(cancellationToken);
        return (funnel, copy.Trigger.Then);
    }

    /// <summary>Applies the copy and publishes its funnel, if nothing else in the draft differs from what is published.</summary>
    /// <returns>Null when there is no such copy.</returns>
    /// <exception cref="DefinitionRefusedException">There is more to look at than this workflow.</exception>
    /// <exception cref="FunnelInvalidException">The funnel has problems; nothing is published.</exception>
    public async Task<FunnelVersionRow?> PublishAsync(AccountId account, string definitionId, DraftAuthor author, CancellationToken cancellationToken)
    {
        if (await FindAsync(account, definitionId, cancellationToken) is not { } copy) return null;
        if (copy.Funnel.PublishedVersion is not { } version) throw new DefinitionRefusedException("draft_differs", $"The funnel '{copy.Funnel.Name}' was never published. Publish it on its board first.");
        var (published, draft) = (await funnels.ExportAsync(account, copy.Funnel.Id, version, cancellationToken), FunnelJson.Read(copy.Funnel.Draft));
        if (Without(published, copy.Trigger.Id) != Without(draft, copy.Trigger.Id))
            throw new DefinitionRefusedException("draft_differs", $"The draft of the funnel '{copy.Funnel.Name}' has other changes too. Apply this workflow, look at all of them on the board and publish there.");
        if (await ApplyAsync(account, definitionId, anyway: false, author, cancellationToken) is not { } applied) return null;
        try
        {
            await checks.RefuseAsync(account, applied.Funnel.Id, new(applied.Funnel.ConnectionId), FunnelJson.Read(applied.Funnel.Draft), cancellationToken);
            return await funnels.PublishAsync(account, applied.Funnel.Id, author.Name, null, cancellationToken);
        }
        catch (FunnelInvalidException refused)
        {
            throw InStudio(refused, draft, copy.Trigger.Id);
        }
    }

    // Studio shows one workflow: what is wrong in it stands by its place there, what is wrong elsewhere by its card's name.
    private static FunnelInvalidException InStudio(FunnelInvalidException refused, FunnelDocument funnel, string triggerId)
    {
        return new([.. refused.Problems.Select(Shown)]);

        FunnelProblem Shown(FunnelProblem problem)
        {
            for (var i = 0; i < funnel.Triggers.Count; i++)
            {
                var (trigger, path) = (funnel.Triggers[i], $"triggers[{i}].");
                if (!problem.Path.StartsWith(path, StringComparison.Ordinal)) continue;
                return trigger.Id != triggerId ? problem with { Message = $"The trigger “{trigger.Name}”: {problem.Message}" }
                    : problem.Path.StartsWith($"{path}then.", StringComparison.Ordinal) ? problem with { Path = problem.Path[$"{path}then.".Length..] } : problem;
            }

            return problem;
        }
    }

    /// <summary>True when the copy is what its funnel's published version runs.</summary>
    public async Task<bool> IsPublishedAsync(AccountId account, string definitionId, CancellationToken cancellationToken)
    {
        if (await FindAsync(account, definitionId, cancellationToken) is not { Funnel.PublishedVersion: { } version } copy) return false;
        var published = await funnels.ExportAsync(account, copy.Funnel.Id, version, cancellationToken);
        return published.Triggers.FirstOrDefault(trigger => trigger.Id == copy.Trigger.Id) is { } trigger && Same(TextOf(trigger), copy.Row.Document);
    }

    private static string Without(FunnelDocument document, string triggerId) =>
        FunnelJson.Write(document with { Triggers = [.. document.Triggers.Select(trigger => trigger.Id == triggerId ? trigger with { Then = null } : trigger)] }, indented: false);

    private static WorkingCopy Of(DefinitionRow made, DefinitionRow edited, FunnelRow funnel, FunnelTrigger trigger) =>
        new(edited, funnel, trigger, !Same(made.Document, edited.Document), !Same(made.Document, TextOf(trigger)));

    private static async Task<(FunnelRow, FunnelTrigger)> DraftAsync(AutomationDbContext context, AccountId account, Guid funnelId, string triggerId, CancellationToken cancellationToken)
    {
        var funnel = await context.Funnels.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.Id == funnelId, cancellationToken) ?? throw new KeyNotFoundException("There is no such funnel.");
        return (funnel, FunnelJson.Read(funnel.Draft).Triggers.FirstOrDefault(trigger => trigger.Id == triggerId) ?? throw new KeyNotFoundException("The funnel's draft has no such trigger."));
    }

    private static async Task<(DefinitionRow? Made, DefinitionRow? Edited)> RowsAsync(AutomationDbContext context, AccountId account, string definitionId, CancellationToken cancellationToken)
    {
        var rows = await context.Definitions.Where(row => row.AccountId == account.Value && row.DefinitionId == definitionId).ToListAsync(cancellationToken);
        return (rows.Find(row => row.Version == Base), rows.Find(row => row.Version == Edited));
    }

    private DefinitionRow NewRow(AccountId account, FunnelRow funnel, FunnelTrigger trigger, int version, string document) => new()
    {
        VersionId = ids.NewId().ToString("N"),
        DefinitionId = IdOf(funnel.Id, trigger.Id),
        AccountId = account.Value,
        Version = version,
        Name = trigger.Name,
        Document = document,
        FunnelId = funnel.Id,
        CreatedAt = clock.GetUtcNow(),
    };

    // Ids that are missing are counted, so that the same draft gives the same text.
    private static string TextOf(FunnelTrigger trigger)
    {
        var given = 0;
        return DefinitionDocument.Taken(trigger.Then ?? [], () => $"{++given:x16}").ToString(Formatting.None);
    }

    // A file may have brought the trigger that only Studio is shown. Where it stood in the copy before, it stands again.
    private static string Begun(string draft, string before) => FunnelStart.PlacedAs(FunnelStart.Bare(FunnelStart.Taken(RunJson.Parse(draft))), RunJson.Parse(before)).ToString(Formatting.None);

    private static bool Same(string one, string other) => one == other || JToken.DeepEquals(Workflow(one), Workflow(other));

    // Where the trigger stands in Studio, and who wrote the document, is no part of the workflow; nor is what says nothing.
    private static JObject Workflow(string text)
    {
        var document = FunnelStart.Bare(RunJson.Parse(text));
        document.Remove("toolVersion");
        foreach (var member in document.Properties().Where(member => member.Value.Type == JTokenType.Null).ToList()) member.Remove();
        return document;
    }

    private static bool TryRead(string? definitionId, out Guid funnel, out string trigger)
    {
        (funnel, trigger) = (Guid.Empty, "");
        if (definitionId?.StartsWith(Prefix, StringComparison.Ordinal) != true || definitionId.Length < Prefix.Length + 34 || definitionId[Prefix.Length + 32] != '-') return false;
        trigger = definitionId[(Prefix.Length + 33)..];
        return Guid.TryParseExact(definitionId[Prefix.Length..(Prefix.Length + 32)], "N", out funnel);
    }
}
