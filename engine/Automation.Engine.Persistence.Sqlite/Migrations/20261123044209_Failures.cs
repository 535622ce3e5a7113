using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Failures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "tries",
                table: "timers",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<int>(
                name: "deaths",
                table: "effects",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "effect_budgets",
                columns: table => new
                {
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    day = table.Column<string>(type: "TEXT", nullable: false),
                    taken = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_effect_budgets", x => new { x.account_id, x.day });
                });

            migrationBuilder.CreateTable(
                name: "redrive_items",
                columns: table => new
                {
                    redrive_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    target = table.Column<string>(type: "TEXT", nullable: false),
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    connection_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    entity_type = table.Column<string>(type: "TEXT", nullable: false),
                    entity_id = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_redrive_items", x => new { x.redrive_id, x.position });
                });

            migrationBuilder.CreateTable(
                name: "redrives",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    request = table.Column<string>(type: "TEXT", nullable: false),
                    per_second = table.Column<int>(type: "INTEGER", nullable: false),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    done = table.Column<int>(type: "INTEGER", nullable: false),
                    next_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_redrives", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_runs_dead",
                table: "runs",
                columns: new[] { "account_id", "id" },
                filter: "status IN (3, 5)");

            migrationBuilder.CreateIndex(
                name: "ix_effects_dead",
                table: "effects",
                columns: new[] { "account_id", "planned_at" },
                filter: "state = 3");

            migrationBuilder.CreateIndex(
                name: "ix_redrives_account",
                table: "redrives",
                columns: new[] { "account_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_redrives_open",
                table: "redrives",
                column: "next_at",
                filter: "finished_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "effect_budgets");

            migrationBuilder.DropTable(
                name: "redrive_items");

            migrationBuilder.DropTable(
                name: "redrives");

            migrationBuilder.DropIndex(
                name: "ix_runs_dead",
                table: "runs");

            migrationBuilder.DropIndex(
                name: "ix_effects_dead",
                table: "effects");

            migrationBuilder.DropColumn(
                name: "tries",
                table: "timers");

            migrationBuilder.DropColumn(
                name: "deaths",
                table: "effects");
        }
    }
}
