using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Model;

/// <summary>Tables that people change: accounts, connections, funnels, definitions, message templates, managers; and links.</summary>
internal static class AccountTables
{
    public static void Build(ModelBuilder model)
    {
        model.Entity<AccountRow>(account =>
        {
            account.HasKey(x => x.Id);
            account.HasIndex(x => x.Slug, "ux_accounts_slug").IsUnique();
        });
        model.Entity<ApiKeyRow>(key =>
        {
            key.HasKey(x => x.Id);
            key.HasIndex(x => x.Hash, "ux_api_keys_hash").IsUnique();
            key.HasIndex(x => x.AccountId, "ix_api_keys_account");
        });
        model.Entity<ConnectionRow>(connection =>
        {
            connection.HasKey(x => x.Id);
            connection.HasIndex(x => new { x.AccountId, x.Name }, "ux_connections_name").IsUnique();
            connection.HasIndex(x => x.HookTokenHash, "ux_connections_hook").IsUnique();
        });
        model.Entity<SecretRow>().HasKey(x => new { x.AccountId, x.ConnectionId, x.Name });
        model.Entity<FunnelRow>(funnel =>
        {
            funnel.HasKey(x => x.Id);
            funnel.HasIndex(x => new { x.AccountId, x.Slug }, "ux_funnels_slug").IsUnique();
            funnel.HasIndex(x => x.ConnectionId, "ix_funnels_connection");
        });
        model.Entity<FunnelVersionRow>().HasKey(x => new { x.AccountId, x.FunnelId, x.Version });
        model.Entity<DefinitionRow>(definition =>
        {
            definition.HasKey(x => new { x.AccountId, x.VersionId });
            definition.HasIndex(x => new { x.AccountId, x.DefinitionId, x.Version }, "ux_definitions_version").IsUnique();
        });
        model.Entity<LinkRow>(link =>
        {
            link.HasKey(x => new { x.AccountId, x.Relation, x.FromConnectionId, x.FromEntityType, x.FromEntityId, x.ToConnectionId, x.ToEntityType, x.ToEntityId });
            link.HasIndex(x => new { x.AccountId, x.Relation, x.ToConnectionId, x.ToEntityType, x.ToEntityId }, "ix_links_to");
        });
        model.Entity<RestoreRow>().HasKey(x => x.Id);
        model.Entity<CalendarRow>().HasKey(x => new { x.AccountId, x.Name });
        model.Entity<MessageTemplateRow>().HasKey(x => new { x.AccountId, x.Name });
        model.Entity<ManagerRow>(manager =>
        {
            manager.HasKey(x => new { x.AccountId, x.ConnectionId, x.UserId });
            manager.HasIndex(x => x.HereTokenHash, "ux_managers_here").IsUnique();
        });
        model.Entity<AssignmentRecord>(assignment =>
        {
            assignment.HasKey(x => new { x.AccountId, x.Key });
            assignment.HasIndex(x => new { x.AccountId, x.ConnectionId, x.ManagerId, x.At }, "ix_assignments_manager");
            assignment.HasIndex(x => new { x.AccountId, x.ConnectionId, x.At }, "ix_assignments_at");
        });
    }
}
