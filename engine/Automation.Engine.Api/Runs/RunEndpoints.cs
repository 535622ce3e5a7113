using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Journal;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Runs;

internal static class RunEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/runs", ListAsync).WithSummary("Runs, newest first").Produces<PageView<RunView>>();
        api.MapGet("/runs/{id}", ReadAsync).WithSummary("A run with its waits, incidents and effects").Produces<RunDetail>();
        api.MapGet("/runs/{id}/journal", JournalAsync).WithSummary("The run's journal in order").Produces<PageView<JournalView>>();
        api.MapGet("/runs/{id}/steps", StepsAsync).WithSummary("The run's steps in order, with inputs, outputs and what they sent").Produces<RunSteps>();
        api.MapPost("/runs/{id}/now", HurryAsync).Needs(Permissions.Operate).WithSummary("Lets a run that waits for a time go on now").Produces<AskedView>(202).ProducesProblem(409);
        api.MapPost("/runs/{id}/replay", ReplayAsync).Needs(Permissions.Read).WithSummary("Rebuilds the run from its journal and compares; nothing is sent").Produces<ReplayReport>();
        api.MapPost("/runs/{id}/cancel", CancelAsync).Needs(Permissions.Operate).WithSummary("Cancels a run that has not ended").Produces<RunView>(202).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? deal, string? status, string? trigger, string? cursor, int? limit)
    {
        var (account, before, take) = (context.Account().Value, Paging.Before(cursor), Paging.Limit(limit));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var runs = db.Runs.AsNoTracking().Where(row => row.AccountId == account && row.Id < before);
        if (deal is not null) runs = runs.Where(row => row.EntityType == EntityTypes.Deal && row.EntityId == deal);
        if (trigger is not null) runs = runs.Where(row => row.TriggerId == trigger);
        if (status is not null)
        {
            if (!Enum.TryParse<RunStatus>(status, ignoreCase: true, out var wanted) || char.IsDigit(status[0])) throw new ProblemException(Problem.BadQuery("status is running, suspended, finished, faulted, cancelled or quarantined."));
            runs = runs.Where(row => row.Status == (int)wanted);
        }

        var rows = await runs.OrderByDescending(row => row.Id).Take(take + 1).ToListAsync(context.RequestAborted);
        return new JsonAnswer(Paging.Page(rows, take, row => row.Id, RunView.Of));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog catalog)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        var effects = await db.Effects.AsNoTracking().Where(effect => effect.AccountId == row.AccountId && effect.ConnectionId == row.ConnectionId && effect.EntityType == row.EntityType && effect.EntityId == row.EntityId && effect.RunId == row.Id)
            .OrderBy(effect => effect.PlannedAt).ThenBy(effect => effect.Position).ToListAsync(context.RequestAborted);
        var state = StateOf(row);
        var timers = await db.Timers.AsNoTracking().Where(timer => timer.AccountId == row.AccountId && timer.ConnectionId == row.ConnectionId && timer.EntityType == row.EntityType && timer.EntityId == row.EntityId && timer.RunId == row.Id).ToListAsync(context.RequestAborted);
        var places = await Places.ReadAsync(db, catalog, context.Account(), [(row.ConnectionId, row.EntityType, row.EntityId)], context.RequestAborted);
        var connection = await db.Connections.Where(one => one.AccountId == row.AccountId && one.Id == row.ConnectionId).Select(one => one.Name).FirstOrDefaultAsync(context.RequestAborted);
        var begins = timers.Where(timer => timer.BookmarkId is null).Select(timer => new WaitView(timer.Kind, timer.DueAt));
        return new JsonAnswer(new RunDetail(
            RunView.Of(row), [.. begins, .. (state?.Bookmarks ?? []).Select(bookmark => new WaitView(bookmark.Name, timers.Find(timer => timer.BookmarkId == bookmark.Id)?.DueAt ?? bookmark.DueAt))],
            [.. (state?.Incidents ?? []).Select(incident => new IncidentView(incident.ActivityId, incident.ActivityType, incident.Code, incident.Message, incident.At))],
            [.. effects.Select(EffectView.Of)], state is null, places.Of(row.FunnelId, row.TriggerId, row.ConnectionId, row.EntityType, row.EntityId), connection, timers.Count > 0));
    }

    private static async Task<IResult> JournalAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, JournalReads journal, AccountDirectory accounts, string? lang)
    {
        var english = await Funnels.Languages.IsEnglishAsync(context, accounts, lang);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        var rows = await JournalReads.OfRun(db.Journal.AsNoTracking(), row).OrderBy(entry => entry.Id).Take(1_000).ToListAsync(context.RequestAborted);
        return new JsonAnswer(new PageView<JournalView>(await journal.ViewAsync(rows, english, context.RequestAborted), null));
    }

    private static async Task<IResult> StepsAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, Elsa.RunRecordsCache journals, ActivityRegistry activities, AccountDirectory accounts, string? lang)
    {
        var english = await Funnels.Languages.IsEnglishAsync(context, accounts, lang);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        var effects = await db.Effects.AsNoTracking().Where(effect => effect.AccountId == row.AccountId && effect.ConnectionId == row.ConnectionId && effect.EntityType == row.EntityType && effect.EntityId == row.EntityId && effect.RunId == row.Id)
            .OrderBy(effect => effect.PlannedAt).ThenBy(effect => effect.Position).ToListAsync(context.RequestAborted);
        var story = await journals.ReadAsync(db, row, context.RequestAborted);
        return new JsonAnswer(new RunSteps([.. new StepReader(activities, story.Names, effects, english).Read(story.Records)]));
    }

    private static async Task<IResult> HurryAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, IIdSource ids)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        if (!await db.Timers.AnyAsync(timer => timer.AccountId == row.AccountId && timer.ConnectionId == row.ConnectionId && timer.EntityType == row.EntityType && timer.EntityId == row.EntityId && timer.RunId == row.Id, context.RequestAborted))
            throw new ProblemException(new(409, "not_waiting", "This run does not wait for a time."));
        var accepted = await inbox.AcceptAsync(context.Account(), new(row.ConnectionId), null, [new()
        {
            Kind = InternalEvents.Hurry, EntityType = row.EntityType, EntityId = row.EntityId, DedupKey = $"hurry|{ids.NewId():N}",
            Data = new JObject { ["run"] = row.Id, ["by"] = context.Caller().Name },
        }], context.RequestAborted);
        return new JsonAnswer(new AskedView(accepted.Events[0].Id, RunView.Of(row)), 202);
    }

    private static async Task<IResult> ReplayAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, ReplayService replays)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        if (row.EntityType == ImportedRuns.EntityType) throw new ProblemException(new(409, "run_imported", "This run was taken from a file. What it worked with stands on the server that it ran on."));
        return await replays.ReplayAsync(context.Account(), row.Id, context.RequestAborted) is { } report ? new JsonAnswer(report) : throw ApiProblem.NotFound("There is no such run.");
    }

    private static async Task<IResult> CancelAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, MailboxRouter router)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        if ((RunStatus)row.Status is RunStatus.Finished or RunStatus.Faulted or RunStatus.Cancelled) throw new ProblemException(new(409, "run_ended", "This run has ended already."));
        await router.CancelRunAsync(MailboxRouter.KeyOf(row), row.Id, $"cancelled by {context.Caller().Name}");
        return new JsonAnswer(RunView.Of(row), 202);
    }

    private static async Task<RunRow> FindAsync(AutomationDbContext db, HttpContext context, string id)
    {
        var (account, run) = (context.Account().Value, Paging.Id(id));
        return await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.Id == run, context.RequestAborted) ?? throw ApiProblem.NotFound("There is no such run.");
    }

    private static RunState? StateOf(RunRow row)
    {
        try
        {
            return RunJson.ReadState(row.State);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
