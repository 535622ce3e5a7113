using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
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
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<int>(
                name: "deaths",
                table: "effects",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "effect_budgets",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    taken = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_effect_budgets", x => new { x.account_id, x.day });
                });

            migrationBuilder.CreateTable(
                name: "redrive_items",
                columns: table => new
                {
                    redrive_id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    target = table.Column<string>(type: "text", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    connection_id = table.Column<Guid>(type: "uuid", nullable: false),
                    entity_type = table.Column<string>(type: "text", nullable: false),
                    entity_id = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_redrive_items", x => new { x.redrive_id, x.position });
                });

            migrationBuilder.CreateTable(
                name: "redrives",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    request = table.Column<string>(type: "text", nullable: false),
                    per_second = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    done = table.Column<int>(type: "integer", nullable: false),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false)
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
