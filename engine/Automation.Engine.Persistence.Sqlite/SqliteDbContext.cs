using Automation.Engine.Persistence.Model;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>The model on SQLite: times are microseconds, ids 16 bytes in network order, so that both sort as on PostgreSQL.</summary>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AutomationDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondsConverter>();
        configurationBuilder.Properties<Guid>().HaveConversion<GuidBytesConverter>();
    }
}
