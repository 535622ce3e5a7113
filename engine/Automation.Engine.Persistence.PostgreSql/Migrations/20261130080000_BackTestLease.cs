using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
{
    /// <summary>Until when a running back-test counts as alive no longer stands where the others say when they ended.</summary>
    [DbContext(typeof(PostgreSqlDbContext))]
    [Migration("20261130080000_BackTestLease")]
    public class BackTestLease : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lease_until",
                table: "back_tests",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.Sql("UPDATE back_tests SET lease_until = finished_at, finished_at = NULL WHERE status = 'running';");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("UPDATE back_tests SET finished_at = lease_until WHERE status = 'running';");

            migrationBuilder.DropColumn(
                name: "lease_until",
                table: "back_tests");
        }
    }
}
