using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence;

/// <summary>Compares the migrations in the database with those this build knows.</summary>
public static class SchemaCheck
{
    /// <returns>True when migrations are missing.</returns>
    /// <exception cref="StartRefusedException"><c>schema_newer_than_app</c>.</exception>
    public static async Task<bool> IsBehindAsync(AutomationDbContext db, CancellationToken cancellationToken)
    {
        var known = db.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        var newer = applied.Where(id => !known.Contains(id)).ToList();
        if (newer.Count > 0)
            throw new StartRefusedException("schema_newer_than_app",
                $"the database has migration {newer[^1]}, which this release does not know; start the release that wrote it, or a later one.");
        return applied.Count < known.Count;
    }
}
