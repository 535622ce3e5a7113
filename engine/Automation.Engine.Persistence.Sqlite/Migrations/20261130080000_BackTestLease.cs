using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Until when a running back-test counts as alive no longer stands where the others say when they ended.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261130080000_BackTestLease")]
    public class BackTestLease : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "lease_until",
                table: "back_tests",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.Sql("UPDATE back_tests SET lease_until = finished_at, finished_at = NULL WHERE status = 'running';");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("UPDATE back_tests SET finished_at = lease_until WHERE status = 'running';");

            migrationBuilder.Sql("ALTER TABLE back_tests DROP COLUMN lease_until;");
        }
    }
}
