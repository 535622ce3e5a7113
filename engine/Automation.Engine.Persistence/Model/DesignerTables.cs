using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Model;

/// <summary>Tables of the designer: users, changes of drafts, what is summed up from the journal, back-tests.</summary>
internal static class DesignerTables
{
    public static void Build(ModelBuilder model)
    {
        model.Entity<UserRow>(user =>
        {
            user.HasKey(x => x.Id);
            user.HasIndex(x => x.NormalizedLogin, "ux_users_login").IsUnique();
            user.HasIndex(x => x.AccountId, "ix_users_account");
        });
        model.Entity<DataKeyRow>().HasKey(x => x.Id);
        model.Entity<DraftChangeRow>(change =>
        {
            change.HasKey(x => new { x.AccountId, x.FunnelId, x.Number });
            change.HasIndex(x => new { x.AccountId, x.FunnelId, x.AuthorId, x.State, x.Number }, "ix_draft_changes_author");
        });
        model.Entity<TriggerDayRow>().HasKey(x => new { x.AccountId, x.FunnelId, x.TriggerId, x.Day });
        model.Entity<StageVisitRow>(visit =>
        {
            visit.HasKey(x => new { x.AccountId, x.ConnectionId, x.EntityId, x.EnteredAt });
            visit.HasIndex(x => new { x.AccountId, x.ConnectionId, x.PipelineId, x.StageId, x.LeftAt }, "ix_stage_visits_stage");
        });
        model.Entity<ProjectionRow>().HasKey(x => x.Name);
        model.Entity<BackTestRow>(test =>
        {
            test.HasKey(x => x.Id);
            test.HasIndex(x => new { x.AccountId, x.FunnelId, x.Id }, "ix_back_tests_funnel");
        });
        model.Entity<SweepRow>(sweep =>
        {
            sweep.HasKey(x => x.Id);
            sweep.HasIndex(x => new { x.AccountId, x.FunnelId, x.TriggerId, x.Id }, "ix_sweeps_trigger");
            sweep.HasIndex(x => x.NextAt, "ix_sweeps_open").HasFilter("status = 'running'");
        });
        // Serves the number of deals of a stage.
        model.Entity<MailboxRow>().HasIndex(x => new { x.AccountId, x.ConnectionId, x.PipelineId, x.StageId }, "ix_mailboxes_stage").HasFilter("stage_id IS NOT NULL");
        // Serves a card's waiting and failed runs, and the journal by trigger.
        model.Entity<RunRow>().HasIndex(x => new { x.AccountId, x.FunnelId, x.TriggerId, x.Status, x.CreatedAt }, "ix_runs_trigger").HasFilter("funnel_id IS NOT NULL");
    }
}
