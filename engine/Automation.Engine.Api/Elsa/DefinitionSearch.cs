using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Elsa;

/// <summary>Finds workflows by what stands in the search box of Studio's lists: part of the name or of an id, in capitals or not.</summary>
internal static class DefinitionSearch
{
    private const int MostFound = 2_000;

    /// <summary>Ids of versions, the newest first. Compared here: of capitals SQLite knows the English ones only.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(IQueryable<DefinitionRow> rows, string search, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var row in rows.OrderByDescending(row => row.CreatedAt).Select(row => new { row.VersionId, row.DefinitionId, row.Name }).AsAsyncEnumerable().WithCancellation(cancellationToken))
            if (Has(row.Name) || Has(row.DefinitionId) || Has(row.VersionId))
            {
                found.Add(row.VersionId);
                if (found.Count == MostFound) break;
            }

        return found;

        bool Has(string? text) => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;
    }
}
