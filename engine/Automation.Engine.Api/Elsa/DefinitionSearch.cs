using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Elsa;

/// <summary>Finds workflows by what stands in the search box of Studio's lists: part of the name, or an id or its beginning, in capitals or not.</summary>
internal static class DefinitionSearch
{
    private const int MostFound = 2_000;

    // Ids are long and of few letters: what is shorter stands in many of them by chance.
    private const int ShortestId = 8;

    /// <summary>Ids of versions, the newest first as the ids tell: what is read lies before the documents. Compared here: of capitals SQLite knows the English ones only.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(IQueryable<DefinitionRow> rows, string search, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var row in rows.OrderByDescending(row => row.VersionId).Select(row => new { row.VersionId, row.DefinitionId, row.Name }).AsAsyncEnumerable().WithCancellation(cancellationToken))
            if (row.Name?.Contains(search, StringComparison.OrdinalIgnoreCase) == true || Begins(row.DefinitionId) || Begins(row.VersionId))
            {
                found.Add(row.VersionId);
                if (found.Count == MostFound) break;
            }

        return found;

        bool Begins(string id) => id.Equals(search, StringComparison.OrdinalIgnoreCase) || (search.Length >= ShortestId && id.StartsWith(search, StringComparison.OrdinalIgnoreCase));
    }
}
