using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Model;

/// <summary>Tables of redrives and budgets.</summary>
internal static class FailureTables
{
    public static void Build(ModelBuilder model)
    {
        model.Entity<RedriveRow>(redrive =>
        {
            redrive.HasKey(x => x.Id);
            redrive.HasIndex(x => new { x.AccountId, x.Id }, "ix_redrives_account");
            redrive.HasIndex(x => x.NextAt, "ix_redrives_open").HasFilter("finished_at IS NULL");
        });
        model.Entity<RedriveItemRow>().HasKey(x => new { x.RedriveId, x.Position });
        model.Entity<EffectBudgetRow>().HasKey(x => new { x.AccountId, x.Day });
        model.Entity<TimerRow>().Property(x => x.Tries).HasDefaultValue(1);
        model.Entity<EffectRow>().Property(x => x.Deaths).HasDefaultValue(0);
        model.Entity<RunRow>().HasIndex(x => new { x.AccountId, x.Id }, "ix_runs_dead").HasFilter("status IN (3, 5)");
        model.Entity<EffectRow>().HasIndex(x => new { x.AccountId, x.PlannedAt }, "ix_effects_dead").HasFilter("state = 3");
    }
}
