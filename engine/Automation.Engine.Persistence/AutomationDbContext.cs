using Automation.Engine.Persistence.Model;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence;

/// <summary>The model of the database. The stores of SQLite and PostgreSQL derive from it and hold the migrations.</summary>
public abstract class AutomationDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<AccountRow> Accounts => Set<AccountRow>();
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();
    public DbSet<ConnectionRow> Connections => Set<ConnectionRow>();
    public DbSet<SecretRow> Secrets => Set<SecretRow>();
    public DbSet<FunnelRow> Funnels => Set<FunnelRow>();
    public DbSet<FunnelVersionRow> FunnelVersions => Set<FunnelVersionRow>();
    public DbSet<DefinitionRow> Definitions => Set<DefinitionRow>();
    public DbSet<HookRow> Hooks => Set<HookRow>();
    public DbSet<EventRow> Events => Set<EventRow>();
    public DbSet<MailboxRow> Mailboxes => Set<MailboxRow>();
    public DbSet<RunRow> Runs => Set<RunRow>();
    public DbSet<EffectRow> Effects => Set<EffectRow>();
    public DbSet<TimerRow> Timers => Set<TimerRow>();
    public DbSet<BookmarkRow> Bookmarks => Set<BookmarkRow>();
    public DbSet<JournalRow> Journal => Set<JournalRow>();
    public DbSet<LinkRow> Links => Set<LinkRow>();
    public DbSet<CalendarRow> Calendars => Set<CalendarRow>();
    public DbSet<MessageTemplateRow> MessageTemplates => Set<MessageTemplateRow>();
    public DbSet<ManagerRow> Managers => Set<ManagerRow>();
    public DbSet<AssignmentRecord> Assignments => Set<AssignmentRecord>();

    public DbSet<RedriveRow> Redrives => Set<RedriveRow>();
    public DbSet<RedriveItemRow> RedriveItems => Set<RedriveItemRow>();
    public DbSet<RestoreRow> Restores => Set<RestoreRow>();
    public DbSet<EffectBudgetRow> EffectBudgets => Set<EffectBudgetRow>();
    public DbSet<UserRow> Users => Set<UserRow>();
    public DbSet<DataKeyRow> DataKeys => Set<DataKeyRow>();
    public DbSet<DraftChangeRow> DraftChanges => Set<DraftChangeRow>();
    public DbSet<TriggerDayRow> TriggerDays => Set<TriggerDayRow>();
    public DbSet<StageVisitRow> StageVisits => Set<StageVisitRow>();
    public DbSet<ProjectionRow> Projections => Set<ProjectionRow>();
    public DbSet<SweepRow> Sweeps => Set<SweepRow>();
    public DbSet<BackTestRow> BackTests => Set<BackTestRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        EngineTables.Build(modelBuilder);
        AccountTables.Build(modelBuilder);
        FailureTables.Build(modelBuilder);
        DesignerTables.Build(modelBuilder);
        SnakeCase.Apply(modelBuilder);
    }
}
