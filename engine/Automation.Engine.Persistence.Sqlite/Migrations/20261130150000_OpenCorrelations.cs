using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Whether an open run has a correlation id is asked at every start of a workflow that lets only one have it.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261130150000_OpenCorrelations")]
    public class OpenCorrelations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.CreateIndex(
                name: "ix_runs_open_correlation",
                table: "runs",
                columns: new[] { "account_id", "correlation_id" },
                filter: "status IN (0, 1)");

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.DropIndex(
                name: "ix_runs_open_correlation",
                table: "runs");
    }
}
