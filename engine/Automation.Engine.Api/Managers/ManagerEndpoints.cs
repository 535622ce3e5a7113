using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Managers;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Staff;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Engine.Api.Managers;

internal static class ManagerEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/managers", ListAsync).WithSummary("Managers of a CRM with load, shifts and presence").Produces<PageView<ManagerView>>();
        api.MapPut("/managers/{userId}", ChangeAsync).Needs(Permissions.Manage).WithSummary("Sets weight, limits, activity and timesheet; makes the manager when absent").Accepts<ManagerChange>("application/json").Produces<ManagerView>();
        api.MapPut("/managers", (HttpContext context, IDbContextFactory<AutomationDbContext> contexts, ManagerStore store, TimeProvider clock, string? connection) =>
            ChangeAsync(context, null, contexts, store, clock, connection)).Needs(Permissions.Manage).WithSummary("The same, with userId in the body").Accepts<ManagerChange>("application/json").Produces<ManagerView>();
        api.MapPost("/managers/{userId}/seen", (HttpContext context, string userId, IDbContextFactory<AutomationDbContext> contexts, ManagerStore store, TimeProvider clock, string? connection) =>
            UpdateAsync(context, userId, contexts, store, clock, connection, row => row.SeenAt = clock.GetUtcNow())).Needs(Permissions.Operate).WithSummary("A sign of presence").Produces<ManagerView>();
        api.MapPost("/managers/{userId}/away", (HttpContext context, string userId, IDbContextFactory<AutomationDbContext> contexts, ManagerStore store, TimeProvider clock, string? connection) =>
            UpdateAsync(context, userId, contexts, store, clock, connection, row => row.SeenAt = null)).Needs(Permissions.Operate).WithSummary("The manager is no longer present").Produces<ManagerView>();
        api.MapGet("/managers/assignments", AssignmentsAsync).WithSummary("The last deals that were given to managers, newest first, and why to them").Produces<PageView<AssignmentView>>();
        api.MapPost("/managers/{userId}/here", HereAsync).Needs(Permissions.Manage).WithSummary("Makes a page for the manager to say that he is here; the one before it ends").Produces<HerePage>();
        api.MapPost("/managers/{userId}/leave", LeaveAsync).Needs(Permissions.Operate).WithSummary("With dates: days without work. Without a body: the manager is no longer present").Accepts<LeaveRequest>("application/json").Produces<ManagerView>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, ManagerStore store, TimeProvider clock, string? connection)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var crm = await ConnectionFinder.FindAsync(db, context.Account(), connection, context.RequestAborted);
        var rows = await store.ListAsync(context.Account(), new(crm.Id), context.RequestAborted);
        var loads = await store.CountLoadsAsync(context.Account(), new(crm.Id), [], [], [], context.RequestAborted);
        return new JsonAnswer(new PageView<ManagerView>([.. rows.Select(row => View(row, loads, clock.GetUtcNow()))], null));
    }

    private static async Task<IResult> AssignmentsAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, AssignmentReads reads, string? connection, string? manager, int? limit)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var crm = await ConnectionFinder.FindAsync(db, context.Account(), connection, context.RequestAborted);
        return new JsonAnswer(new PageView<AssignmentView>(await reads.LastAsync(db, context.Account(), crm.Id, manager, Paging.Limit(limit ?? 20), context.RequestAborted), null));
    }

    private static async Task<IResult> HereAsync(HttpContext context, string userId, IDbContextFactory<AutomationDbContext> contexts, PresenceService presence, string? connection)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var crm = await ConnectionFinder.FindAsync(db, context.Account(), connection, context.RequestAborted);
        return await presence.RenewAsync(context.Account(), new(crm.Id), userId, context.RequestAborted) is { } token
            ? new JsonAnswer(new HerePage(userId, $"/here/{token}"))
            : throw ApiProblem.NotFound("There is no such manager.");
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, string? userId, IDbContextFactory<AutomationDbContext> contexts, ManagerStore store, TimeProvider clock, string? connection)
    {
        var change = await ApiJson.ReadAsync<ManagerChange>(context.Request, context.RequestAborted);
        Check(change);
        var user = userId ?? change.UserId ?? throw Invalid("userId", "Name the manager: userId.");
        return await UpdateAsync(context, user, contexts, store, clock, connection, row =>
        {
            (row.Name, row.Active, row.Weight, row.Position) = (change.Name ?? row.Name, change.Active ?? row.Active, change.Weight ?? row.Weight, change.Position ?? row.Position);
            if (change.MaxOpen is { } open) row.MaxOpen = open == 0 ? null : open;
            if (change.MaxPerDay is { } perDay) row.MaxPerDay = perDay == 0 ? null : perDay;
            if (change.Timesheet is { } sheet) row.Timesheet = sheet.ToJson();
        }, make: true);
    }

    private static async Task<IResult> LeaveAsync(HttpContext context, string userId, IDbContextFactory<AutomationDbContext> contexts, ManagerStore store, TimeProvider clock, string? connection)
    {
        if (context.Request.ContentLength is null or 0 && !context.Request.HasJsonContentType())
            return await UpdateAsync(context, userId, contexts, store, clock, connection, row => row.SeenAt = null);
        var leave = await ApiJson.ReadAsync<LeaveRequest>(context.Request, context.RequestAborted);
        if (leave.From is not { } from || leave.To is not { } to || to < from) throw ApiProblem.BadRequest("payload_invalid", "Say from and to; to is not before from.");
        return await UpdateAsync(context, userId, contexts, store, clock, connection, row =>
        {
            var sheet = ManagerTimesheet.FromJson(row.Timesheet);
            row.Timesheet = (sheet with { Leave = [.. sheet.Leave.Where(span => span.From != from || span.To != to), new LeaveSpan(from, to, leave.Reason)] }).ToJson();
        });
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string userId, IDbContextFactory<AutomationDbContext> contexts, ManagerStore store, TimeProvider clock, string? connection, Action<ManagerRow> change, bool make = false)
    {
        var account = context.Account();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var crm = await ConnectionFinder.FindAsync(db, account, connection, context.RequestAborted);
        var row = await db.Managers.FirstOrDefaultAsync(one => one.AccountId == account.Value && one.ConnectionId == crm.Id && one.UserId == userId, context.RequestAborted);
        if (row is null)
        {
            if (!make || userId.Length > 100) throw ApiProblem.NotFound("There is no such manager.");
            row = new ManagerRow { AccountId = account.Value, ConnectionId = crm.Id, UserId = userId, Name = userId };
            db.Managers.Add(row);
        }

        var sheet = row.Timesheet;
        change(row);
        await db.SaveChangesAsync(context.RequestAborted);
        if (row.Timesheet != sheet) await context.RequestServices.GetRequiredService<DeadlineMoves>().RunAsync(account, DeadlineMoves.Patience, context.RequestAborted);
        return new JsonAnswer(View(row, await store.CountLoadsAsync(account, new(crm.Id), [], [], [], context.RequestAborted), clock.GetUtcNow()));
    }

    private static void Check(ManagerChange change)
    {
        if (change.Weight is < 0 or > 1_000) throw Invalid("weight", "The weight goes from 0 to 1000.");
        if (change.MaxOpen is < 0) throw Invalid("maxOpen", "A limit is not negative.");
        if (change.MaxPerDay is < 0) throw Invalid("maxPerDay", "A limit is not negative.");
        if (change.Name is { Length: 0 or > 200 }) throw Invalid("name", "The name takes 1 to 200 characters.");
        if (change.Timesheet is not { } sheet) return;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(sheet.TimeZone, out _)) throw Invalid("timesheet.timeZone", "This is not an IANA time zone.");
        if (sheet.Leave.Any(span => span.To < span.From)) throw Invalid("timesheet.leave", "A leave ends before it begins.");
    }

    private static ProblemException Invalid(string path, string message) => new(new(400, "payload_invalid", message) { Errors = [new(path, "payload_invalid", message)] });

    private static ManagerView View(ManagerRow row, IReadOnlyDictionary<string, int> loads, DateTimeOffset now)
    {
        var sheet = ManagerTimesheet.FromJson(row.Timesheet);
        var (shifts, leaves) = (sheet.Shifts(row.UserId), sheet.Leaves(row.UserId));
        var state = Timesheet.At(shifts, leaves, now);
        return new(
            row.UserId, row.Name, row.ConnectionId, row.Active, row.Weight, row.MaxOpen, row.MaxPerDay, row.Position,
            state switch { WorkState.Working => "working", WorkState.OnLeave => "onLeave", _ => "offShift" }, state == WorkState.Working ? null : Timesheet.NextStart(shifts, leaves, now),
            loads.GetValueOrDefault(row.UserId), row.SeenAt, row.LastAssignedAt, sheet, row.HereTokenHash is not null);
    }
}
