using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Model;

/// <summary>
/// Tables of the hot path: events, mailboxes, runs, effects, timers, bookmarks, journal. Where two indexes could serve one look-up,
/// one is partial or begins with another column: without statistics (a new database) PostgreSQL takes either, and one of them
/// walks the whole account.
/// </summary>
internal static class EngineTables
{
    public static void Build(ModelBuilder model)
    {
        model.Entity<HookRow>(hook =>
        {
            hook.HasKey(x => x.Id);
            hook.HasIndex(x => new { x.AccountId, x.Id }, "ix_hooks_dead").HasFilter("error_code IS NOT NULL");
        });
        model.Entity<EventRow>(ev =>
        {
            ev.HasKey(x => x.Id);
            ev.HasIndex(x => new { x.DedupKey, x.ConnectionId, x.AccountId }, "ux_events_dedup").IsUnique();
            ev.HasIndex(x => new { x.EntityId, x.EntityType, x.ConnectionId, x.AccountId, x.Number }, "ux_events_number").IsUnique();
            ev.HasIndex(x => new { x.AccountId, x.ConnectionId, x.EntityType, x.EntityId, x.Number }, "ix_events_waiting").HasFilter("status = 0");
            ev.HasIndex(x => new { x.AccountId, x.Id }, "ix_events_dead").HasFilter("status = 2");
        });
        model.Entity<MailboxRow>(mailbox =>
        {
            mailbox.HasKey(x => new { x.AccountId, x.ConnectionId, x.EntityType, x.EntityId });
            mailbox.HasIndex(x => new { x.AccountId, x.ConnectionId, x.PipelineId, x.AssignedTo }, "ix_mailboxes_load").HasFilter("open");
        });
        model.Entity<RunRow>(run =>
        {
            run.HasKey(x => x.Id);
            run.HasIndex(x => new { x.AccountId, x.ConnectionId, x.EntityType, x.EntityId, x.Status }, "ix_runs_mailbox");
            run.HasIndex(x => new { x.AccountId, x.CreatedAt }, "ix_runs_created");
            run.HasIndex(x => new { x.AccountId, x.CorrelationId }, "ix_runs_open_correlation").HasFilter("status IN (0, 1)");
        });
        model.Entity<EffectRow>(effect =>
        {
            effect.HasKey(x => x.Key);
            effect.HasIndex(x => new { x.AccountId, x.ConnectionId, x.EntityType, x.EntityId }, "ix_effects_mailbox");
            effect.HasIndex(x => new { x.AccountId, x.ConnectionId, x.EntityType, x.EntityId, x.State }, "ix_effects_unfinished").HasFilter("state IN (0, 1, 4)");
        });
        model.Entity<TimerRow>(timer =>
        {
            timer.HasKey(x => x.Id);
            timer.HasIndex(x => new { x.DueAt, x.Id }, "ix_timers_due");
            timer.HasIndex(x => new { x.AccountId, x.ConnectionId, x.EntityType, x.EntityId }, "ix_timers_mailbox");
            timer.HasIndex(x => new { x.AccountId, x.DueSource, x.DueStamp, x.Id }, "ix_timers_calendar").HasFilter("due_source IS NOT NULL");
        });
        model.Entity<BookmarkRow>(bookmark =>
        {
            bookmark.HasKey(x => new { x.RunId, x.BookmarkId });
            bookmark.HasIndex(x => new { x.AccountId, x.Hash }, "ix_bookmarks_hash");
        });
        model.Entity<JournalRow>(journal =>
        {
            journal.HasKey(x => new { x.AccountId, x.Id });
            journal.HasIndex(x => new { x.AccountId, x.EntityId, x.EntityType, x.Id }, "ix_journal_entity");
            journal.HasIndex(x => new { x.RunId, x.Sequence }, "ux_journal_run").IsUnique().HasFilter("run_id IS NOT NULL");
        });
    }
}
