using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
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
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "due_source",
                table: "timers",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<long>(
                name: "due_stamp",
                table: "timers",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "calendars",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    document = table.Column<string>(type: "text", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_by = table.Column<string>(type: "text", nullable: true)
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
