using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Deals are counted by stage.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261130020000_Stages")]
    public class Stages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_mailboxes_stage",
                table: "mailboxes",
                columns: new[] { "account_id", "connection_id", "pipeline_id", "stage_id" },
                filter: "stage_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_mailboxes_stage",
                table: "mailboxes");
        }
    }
}
