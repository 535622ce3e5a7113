using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Keys get roles; those that there are may do everything, as before.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261124110000_Roles")]
    public class Roles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "role", table: "api_keys", type: "TEXT", nullable: false, defaultValue: "admin");
            migrationBuilder.AddColumn<byte[]>(name: "issued_by", table: "api_keys", type: "BLOB", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE api_keys DROP COLUMN role;");
            migrationBuilder.Sql("ALTER TABLE api_keys DROP COLUMN issued_by;");
        }
    }
}
