using Automation.Engine.Persistence.Cluster;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>The model on PostgreSQL. Keys are compared by bytes (collation C), so that they sort as on SQLite and as in the engine.</summary>
public sealed class PostgreSqlDbContext(DbContextOptions<PostgreSqlDbContext> options) : AutomationDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<MemberRow>().ToTable("members").HasKey(x => x.Address);
        modelBuilder.Entity<MemberVersionRow>().ToTable("member_versions").Property(x => x.Id).ValueGeneratedNever();
        base.OnModelCreating(modelBuilder);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).Where(IsKeyText))
            property.SetCollation("C");
    }

    private static bool IsKeyText(IMutableProperty property) => property.ClrType == typeof(string) && (property.IsKey() || property.IsIndex());
}
