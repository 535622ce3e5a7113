using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.Sqlite.Migrations
{
    /// <summary>Keys that protect forms and pages; whose a session is, and how its page looks.</summary>
    [DbContext(typeof(SqliteDbContext))]
    [Migration("20261130020000_DataKeys")]
    public class DataKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "data_keys",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    key_id = table.Column<string>(type: "TEXT", nullable: false),
                    nonce = table.Column<byte[]>(type: "BLOB", nullable: false),
                    cipher = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_keys", x => x.id);
                });

            migrationBuilder.AddColumn<string>(name: "stamp", table: "api_keys", type: "TEXT", nullable: true);
            migrationBuilder.AddColumn<string>(name: "language", table: "api_keys", type: "TEXT", nullable: true);
            migrationBuilder.AddColumn<string>(name: "theme", table: "api_keys", type: "TEXT", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_keys");
            migrationBuilder.Sql("ALTER TABLE api_keys DROP COLUMN stamp;");
            migrationBuilder.Sql("ALTER TABLE api_keys DROP COLUMN language;");
            migrationBuilder.Sql("ALTER TABLE api_keys DROP COLUMN theme;");
        }
    }
}
