using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Users, changes of drafts, what is summed up from the journal, back-tests.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261129220000_Designer")]
    public class Designer : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "back_tests",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    funnel_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    draft_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    request = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    played = table.Column<int>(type: "INTEGER", nullable: false),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    result = table.Column<string>(type: "TEXT", nullable: true),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_back_tests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "draft_changes",
                columns: table => new
                {
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    funnel_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    author_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    author = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    edits = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_draft_changes", x => new { x.account_id, x.funnel_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "projections",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    position = table.Column<byte[]>(type: "BLOB", nullable: true),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_projections", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "stage_visits",
                columns: table => new
                {
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    connection_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    entity_id = table.Column<string>(type: "TEXT", nullable: false),
                    entered_at = table.Column<long>(type: "INTEGER", nullable: false),
                    pipeline_id = table.Column<string>(type: "TEXT", nullable: false),
                    stage_id = table.Column<string>(type: "TEXT", nullable: false),
                    left_at = table.Column<long>(type: "INTEGER", nullable: true),
                    actor_id = table.Column<string>(type: "TEXT", nullable: true),
                    price = table.Column<decimal>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stage_visits", x => new { x.account_id, x.connection_id, x.entity_id, x.entered_at });
                });

            migrationBuilder.CreateTable(
                name: "trigger_days",
                columns: table => new
                {
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    funnel_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    trigger_id = table.Column<string>(type: "TEXT", nullable: false),
                    day = table.Column<string>(type: "TEXT", nullable: false),
                    passed = table.Column<long>(type: "INTEGER", nullable: false),
                    fired = table.Column<long>(type: "INTEGER", nullable: false),
                    skipped = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trigger_days", x => new { x.account_id, x.funnel_id, x.trigger_id, x.day });
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    login = table.Column<string>(type: "TEXT", nullable: false),
                    normalized_login = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    password_hash = table.Column<string>(type: "TEXT", nullable: true),
                    security_stamp = table.Column<string>(type: "TEXT", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    language = table.Column<string>(type: "TEXT", nullable: true),
                    theme = table.Column<string>(type: "TEXT", nullable: true),
                    access_failed_count = table.Column<int>(type: "INTEGER", nullable: false),
                    locked_until = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    signed_in_at = table.Column<long>(type: "INTEGER", nullable: true),
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_users", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_runs_trigger",
                table: "runs",
                columns: new[] { "account_id", "funnel_id", "trigger_id", "status", "created_at" },
                filter: "funnel_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_back_tests_funnel",
                table: "back_tests",
                columns: new[] { "account_id", "funnel_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_draft_changes_author",
                table: "draft_changes",
                columns: new[] { "account_id", "funnel_id", "author_id", "state", "number" });

            migrationBuilder.CreateIndex(
                name: "ix_stage_visits_stage",
                table: "stage_visits",
                columns: new[] { "account_id", "connection_id", "pipeline_id", "stage_id", "left_at" });

            migrationBuilder.CreateIndex(
                name: "ix_users_account",
                table: "users",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "ux_users_login",
                table: "users",
                column: "normalized_login",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "back_tests");

            migrationBuilder.DropTable(
                name: "draft_changes");

            migrationBuilder.DropTable(
                name: "projections");

            migrationBuilder.DropTable(
                name: "stage_visits");

            migrationBuilder.DropTable(
                name: "trigger_days");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropIndex(
                name: "ix_runs_trigger",
                table: "runs");
        }
    }
}
