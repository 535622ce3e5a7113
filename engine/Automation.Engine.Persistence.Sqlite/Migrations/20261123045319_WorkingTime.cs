using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class WorkingTime : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "due_rule",
                table: "timers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "due_source",
                table: "timers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "due_stamp",
                table: "timers",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "calendars",
                columns: table => new
                {
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    document = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_by = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_calendars", x => new { x.account_id, x.name });
                });

            migrationBuilder.CreateIndex(
                name: "ix_timers_calendar",
                table: "timers",
                columns: new[] { "account_id", "due_source", "due_stamp", "id" },
                filter: "due_source IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "calendars");

            migrationBuilder.DropIndex(
                name: "ix_timers_calendar",
                table: "timers");

            migrationBuilder.DropColumn(
                name: "due_rule",
                table: "timers");

            migrationBuilder.DropColumn(
                name: "due_source",
                table: "timers");

            migrationBuilder.DropColumn(
                name: "due_stamp",
                table: "timers");
        }
    }
}
