using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class LeanIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_runs_open",
                table: "runs");

            migrationBuilder.DropPrimaryKey(
                name: "PK_journal",
                table: "journal");

            migrationBuilder.DropIndex(
                name: "ix_journal_account",
                table: "journal");

            migrationBuilder.DropIndex(
                name: "ix_journal_event",
                table: "journal");

            migrationBuilder.DropIndex(
                name: "ix_journal_mailbox",
                table: "journal");

            migrationBuilder.AddPrimaryKey(
                name: "PK_journal",
                table: "journal",
                columns: new[] { "account_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_journal_entity",
                table: "journal",
                columns: new[] { "account_id", "entity_id", "entity_type", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_journal",
                table: "journal");

            migrationBuilder.DropIndex(
                name: "ix_journal_entity",
                table: "journal");

            migrationBuilder.AddPrimaryKey(
                name: "PK_journal",
                table: "journal",
                column: "id");

            migrationBuilder.CreateIndex(
                name: "ix_runs_open",
                table: "runs",
                columns: new[] { "entity_id", "entity_type", "connection_id", "account_id" },
                filter: "status IN (0, 1)");

            migrationBuilder.CreateIndex(
                name: "ix_journal_account",
                table: "journal",
                columns: new[] { "account_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_journal_event",
                table: "journal",
                column: "event_id",
                filter: "event_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_journal_mailbox",
                table: "journal",
                columns: new[] { "account_id", "connection_id", "entity_type", "entity_id", "id" });
        }
    }
}
