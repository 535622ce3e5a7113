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

            // By hand: the generated rebuild of the table leaves its transaction, and a kill in the middle would leave it half done.
            migrationBuilder.Sql("""
                CREATE TABLE journal_next (
                    "account_id" BLOB NOT NULL,
                    "id" BLOB NOT NULL,
                    "at" INTEGER NOT NULL,
                    "connection_id" BLOB NOT NULL,
                    "entity_id" TEXT NOT NULL,
                    "entity_type" TEXT NOT NULL,
                    "event_id" BLOB NULL,
                    "facts" TEXT NOT NULL,
                    "funnel_id" BLOB NULL,
                    "kind" TEXT NOT NULL,
                    "run_id" BLOB NULL,
                    "sequence" INTEGER NOT NULL,
                    CONSTRAINT "PK_journal" PRIMARY KEY ("account_id", "id")
                );
                INSERT INTO journal_next SELECT account_id, id, at, connection_id, entity_id, entity_type, event_id, facts, funnel_id, kind, run_id, sequence FROM journal;
                DROP TABLE journal;
                ALTER TABLE journal_next RENAME TO journal;
                CREATE INDEX ix_journal_entity ON journal (account_id, entity_id, entity_type, id);
                CREATE UNIQUE INDEX ux_journal_run ON journal (run_id, sequence) WHERE run_id IS NOT NULL;
                """);
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
