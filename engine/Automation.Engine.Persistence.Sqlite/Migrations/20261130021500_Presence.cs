using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Managers have a page of their own, and assignments are listed by time.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261130021500_Presence")]
    public class Presence : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "here_token_hash",
                table: "managers",
                type: "BLOB",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ux_managers_here",
                table: "managers",
                column: "here_token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_assignments_at",
                table: "assignments",
                columns: new[] { "account_id", "connection_id", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_assignments_at",
                table: "assignments");

            migrationBuilder.DropIndex(
                name: "ux_managers_here",
                table: "managers");

            migrationBuilder.Sql("ALTER TABLE managers DROP COLUMN here_token_hash;");
        }
    }
}
