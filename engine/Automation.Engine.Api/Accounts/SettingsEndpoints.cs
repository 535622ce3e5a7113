using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Accounts;

/// <summary>What an account sets for itself.</summary>
internal static class SettingsEndpoints
{
    private static readonly string[] Languages = ["ru", "en"];
    private static readonly string[] OnDeads = [AccountSettings.Continue, AccountSettings.Block];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/settings", ReadAsync).WithSummary("Time zone, language, what a failure does to its deal, quotas").Produces<SettingsView>();
        api.MapPut("/settings", ChangeAsync).Needs(Permissions.Manage).WithSummary("Changes what is named and leaves the rest; holds on every server within a second or two").Accepts<SettingsChange>("application/json").Produces<SettingsView>();
    }

    private static async Task<IResult> ReadAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        return new JsonAnswer(View(await FindAsync(db, context)));
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, IEnumerable<IKeepsInMemory> keepers)
    {
        var change = await ApiJson.ReadAsync<SettingsChange>(context.Request, context.RequestAborted);
        Check(change);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context);
        (row.TimeZone, row.Language) = (change.TimeZone ?? row.TimeZone, change.Language ?? row.Language);
        var (settings, quotas) = (AccountSettings.FromJson(row.Settings), change.Quotas ?? new(null, null, null, null));
        row.Settings = new AccountSettings
        {
            OnDead = change.OnDead ?? settings.OnDead,
            Quotas = new()
            {
                EventsPerSecond = quotas.EventsPerSecond ?? settings.Quotas.EventsPerSecond,
                EffectsPerDay = quotas.EffectsPerDay ?? settings.Quotas.EffectsPerDay,
                RunsPerTrigger = quotas.RunsPerTrigger ?? settings.Quotas.RunsPerTrigger,
                MaxDepth = quotas.MaxDepth ?? settings.Quotas.MaxDepth,
            },
        }.ToJson();
        await db.SaveChangesAsync(context.RequestAborted);
        foreach (var keeper in keepers.Where(keeper => keeper.Tables.Contains("accounts"))) keeper.Forget(row.Id);
        return new JsonAnswer(View(row));
    }

    private static async Task<AccountRow> FindAsync(AutomationDbContext db, HttpContext context)
    {
        var account = context.Account().Value;
        return await db.Accounts.FirstOrDefaultAsync(row => row.Id == account, context.RequestAborted) ?? throw ApiProblem.NotFound("There is no such account.");
    }

    private static void Check(SettingsChange change)
    {
        if (change is { TimeZone: null, Language: null, OnDead: null, Quotas: null or { EventsPerSecond: null, EffectsPerDay: null, RunsPerTrigger: null, MaxDepth: null } })
            throw Invalid("", "Nothing is named that could be changed: timeZone, language, onDead, quotas.");
        if (change.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) throw Invalid("timeZone", "This is not an IANA time zone, such as Europe/Moscow.");
        if (change.Language is { } language && !Languages.Contains(language)) throw Invalid("language", "The language is ru or en.");
        if (change.OnDead is { } onDead && !OnDeads.Contains(onDead)) throw Invalid("onDead", "onDead is continue or block.");
        Range(change.Quotas?.EventsPerSecond, "eventsPerSecond", 100_000);
        Range(change.Quotas?.EffectsPerDay, "effectsPerDay", 100_000_000);
        Range(change.Quotas?.RunsPerTrigger, "runsPerTrigger", 1_000);
        Range(change.Quotas?.MaxDepth, "maxDepth", 100);
    }

    private static void Range(int? value, string name, int most)
    {
        if (value < 1 || value > most) throw Invalid($"quotas.{name}", FormattableString.Invariant($"{name} goes from 1 to {most}."));
    }

    private static ProblemException Invalid(string path, string message) => new(new(400, "payload_invalid", message) { Errors = [new(path, "payload_invalid", message)] });

    private static SettingsView View(AccountRow row)
    {
        var settings = AccountSettings.FromJson(row.Settings);
        return new(row.Slug, row.Name, row.TimeZone, row.Language, settings.OnDead, settings.Quotas);
    }
}

/// <param name="OnDead">What something that was given up does to its deal: <c>continue</c> with the next event, or <c>block</c> until a person has looked.</param>
public sealed record SettingsView(string Slug, string Name, string TimeZone, string Language, string OnDead, AccountQuotas Quotas);

/// <summary>What is absent stays as it is.</summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="Language">ru or en.</param>
public sealed record SettingsChange(string? TimeZone, string? Language, string? OnDead, QuotaChange? Quotas);

/// <param name="EventsPerSecond">Accepted events a second, 1 to 100,000; bursts of three times as many pass.</param>
/// <param name="EffectsPerDay">Actions a day, 1 to 100,000,000.</param>
/// <param name="RunsPerTrigger">Runs of one trigger on one deal within 10 minutes, 1 to 1,000.</param>
/// <param name="MaxDepth">Length of a chain of own changes, 1 to 100.</param>
public sealed record QuotaChange(int? EventsPerSecond, int? EffectsPerDay, int? RunsPerTrigger, int? MaxDepth);
