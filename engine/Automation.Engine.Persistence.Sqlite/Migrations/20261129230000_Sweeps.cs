using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Triggers applied to deals that stand in their stages; what becomes of runs inside older versions.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261129230000_Sweeps")]
    public class Sweeps : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "inside",
                table: "funnel_versions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "sweeps",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    funnel_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    trigger_id = table.Column<string>(type: "TEXT", nullable: false),
                    connection_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    per_minute = table.Column<int>(type: "INTEGER", nullable: false),
                    cursor = table.Column<string>(type: "TEXT", nullable: false),
                    done = table.Column<int>(type: "INTEGER", nullable: false),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    next_at = table.Column<long>(type: "INTEGER", nullable: false),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    account_id = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sweeps", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sweeps_open",
                table: "sweeps",
                column: "next_at",
                filter: "status = 'running'");

            migrationBuilder.CreateIndex(
                name: "ix_sweeps_trigger",
                table: "sweeps",
                columns: new[] { "account_id", "funnel_id", "trigger_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "sweeps");

            migrationBuilder.Sql("ALTER TABLE funnel_versions DROP COLUMN inside;");
        }
    }
}
