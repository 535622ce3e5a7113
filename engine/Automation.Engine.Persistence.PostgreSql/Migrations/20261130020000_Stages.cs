using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
{
    /// <summary>Deals are counted by stage.</summary>
    [DbContext(typeof(PostgreSqlDbContext))]
    [Migration("20261130020000_Stages")]
    public class Stages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "stage_id",
                table: "mailboxes",
                type: "text",
                nullable: true,
                collation: "C",
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

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

            migrationBuilder.AlterColumn<string>(
                name: "stage_id",
                table: "mailboxes",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true,
                oldCollation: "C");
        }
    }
}
