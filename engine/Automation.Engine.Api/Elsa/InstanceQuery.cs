using System.Linq.Expressions;
using Automation.Engine.Api.Errors;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Elsa;

/// <summary>Which runs are meant, in the words of Studio's lists.</summary>
internal static class InstanceQuery
{
    /// <summary>Runs of the account that fit.</summary>
    /// <exception cref="ProblemException">A word that nobody knows.</exception>
    public static async Task<IQueryable<RunRow>> OfAsync(AutomationDbContext db, Guid account, InstanceFilter filter, CancellationToken cancellationToken)
    {
        var rows = db.Runs.AsNoTracking().Where(row => row.AccountId == account);
        rows = InStatus(InStatus(rows, Words(filter.Status, filter.Statuses)), Words(filter.SubStatus, filter.SubStatuses));
        if (Words(filter.DefinitionId, filter.DefinitionIds) is { Count: > 0 } definitions)
        {
            var version = filter.Version;
            rows = rows.Where(row => db.Definitions.Any(one => one.AccountId == account && one.VersionId == row.DefinitionVersionId && definitions.Contains(one.DefinitionId) && (version == null || one.Version == version)));
        }

        if (filter.CorrelationId is { Length: > 0 } correlation) rows = rows.Where(row => row.CorrelationId == correlation);
        if (filter.HasIncidents is { } has) rows = rows.Where(row => row.IncidentCount > 0 == has);
        if (filter.SearchTerm is { Length: > 0 } search) rows = Found(rows, search, await DefinitionSearch.FindAsync(db.Definitions.Where(row => row.AccountId == account), search, cancellationToken));
        foreach (var span in filter.TimestampFilters ?? []) rows = Within(rows, span);
        return rows;
    }

    /// <summary>Ids, the beginning of the name, and runs of those versions: whoever looks for more reads every run that there ever was.</summary>
    private static IQueryable<RunRow> Found(IQueryable<RunRow> rows, string search, IReadOnlyList<string> versions) => Guid.TryParse(search, out var id)
        ? rows.Where(row => row.Id == id || row.CorrelationId == search || row.EntityId == search || row.Name!.StartsWith(search) || versions.Contains(row.DefinitionVersionId))
        : rows.Where(row => row.CorrelationId == search || row.EntityId == search || row.Name!.StartsWith(search) || versions.Contains(row.DefinitionVersionId));

    public static IQueryable<RunRow> InStatus(IQueryable<RunRow> rows, IReadOnlyList<string> words)
    {
        if (words.Count == 0) return rows;
        var statuses = words.SelectMany(InstanceViews.Statuses).Distinct().ToList();
        return rows.Where(row => statuses.Contains(row.Status));
    }

    /// <summary>Runs of those versions of a definition.</summary>
    /// <exception cref="ProblemException">Not a choice of versions.</exception>
    public static IQueryable<RunRow> OfVersions(IQueryable<RunRow> rows, AutomationDbContext db, Guid account, string definitionId, string? versions)
    {
        Expression<Func<DefinitionRow, bool>> choice;
        try
        {
            choice = VersionChoice.Parse(versions);
        }
        catch (FormatException e)
        {
            throw new ProblemException(Problem.BadQuery(e.Message));
        }

        var ids = db.Definitions.Where(one => one.AccountId == account && one.DefinitionId == definitionId).Where(choice).Select(one => one.VersionId);
        return rows.Where(row => ids.Contains(row.DefinitionVersionId));
    }

    public static IOrderedQueryable<RunRow> Ordered(IQueryable<RunRow> rows, InstanceFilter filter)
    {
        var up = string.Equals(filter.OrderDirection, "Ascending", StringComparison.OrdinalIgnoreCase);
        return (filter.OrderBy ?? "").ToUpperInvariant() switch
        {
            "LASTEXECUTED" or "UPDATEDAT" => up ? rows.OrderBy(row => row.UpdatedAt).ThenBy(row => row.Id) : rows.OrderByDescending(row => row.UpdatedAt).ThenByDescending(row => row.Id),
            "FINISHED" => up ? rows.OrderBy(row => row.FinishedAt).ThenBy(row => row.Id) : rows.OrderByDescending(row => row.FinishedAt).ThenByDescending(row => row.Id),
            "NAME" => up ? rows.OrderBy(row => row.Name).ThenBy(row => row.Id) : rows.OrderByDescending(row => row.Name).ThenByDescending(row => row.Id),
            _ => up ? rows.OrderBy(row => row.Id) : rows.OrderByDescending(row => row.Id),
        };
    }

    public static IQueryable<RunRow> Within(IQueryable<RunRow> rows, TimestampFilter span)
    {
        if (span.Timestamp is not { } at) return rows;
        at = at.ToUniversalTime();
        return ((span.Column ?? "").ToUpperInvariant(), (span.Operator ?? "").ToUpperInvariant()) switch
        {
            ("CREATEDAT", "GREATERTHAN" or "GREATERTHANOREQUAL") => rows.Where(row => row.CreatedAt >= at),
            ("CREATEDAT", "LESSTHAN" or "LESSTHANOREQUAL") => rows.Where(row => row.CreatedAt <= at),
            ("UPDATEDAT", "GREATERTHAN" or "GREATERTHANOREQUAL") => rows.Where(row => row.UpdatedAt >= at),
            ("UPDATEDAT", "LESSTHAN" or "LESSTHANOREQUAL") => rows.Where(row => row.UpdatedAt <= at),
            ("FINISHEDAT", "GREATERTHAN" or "GREATERTHANOREQUAL") => rows.Where(row => row.FinishedAt >= at),
            ("FINISHEDAT", "LESSTHAN" or "LESSTHANOREQUAL") => rows.Where(row => row.FinishedAt <= at),
            _ => throw new ProblemException(Problem.BadQuery("timestampFilters knows CreatedAt, UpdatedAt and FinishedAt, with GreaterThan, GreaterThanOrEqual, LessThan and LessThanOrEqual.")),
        };
    }

    public static List<string> Words(string? one, IReadOnlyList<string>? more) => [.. (more ?? []).Append(one ?? "").Where(word => word.Length > 0)];
}

internal sealed record InstanceFilter(
    int? Page, int? PageSize, string? SearchTerm, string? DefinitionId, IReadOnlyList<string>? DefinitionIds, string? CorrelationId, int? Version, bool? HasIncidents,
    string? Status, IReadOnlyList<string>? Statuses, string? SubStatus, IReadOnlyList<string>? SubStatuses, string? OrderBy, string? OrderDirection, IReadOnlyList<TimestampFilter>? TimestampFilters);

internal sealed record TimestampFilter(string? Column, string? Operator, DateTimeOffset? Timestamp);
