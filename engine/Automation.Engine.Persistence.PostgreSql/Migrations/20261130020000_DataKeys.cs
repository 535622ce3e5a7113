using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
{
    /// <summary>Keys that protect forms and pages; whose a session is, and how its page looks.</summary>
    [DbContext(typeof(PostgreSqlDbContext))]
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_id = table.Column<string>(type: "text", nullable: false),
                    nonce = table.Column<byte[]>(type: "bytea", nullable: false),
                    cipher = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_keys", x => x.id);
                });

            migrationBuilder.AddColumn<string>(name: "stamp", table: "api_keys", type: "text", nullable: true);
            migrationBuilder.AddColumn<string>(name: "language", table: "api_keys", type: "text", nullable: true);
            migrationBuilder.AddColumn<string>(name: "theme", table: "api_keys", type: "text", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_keys");
            migrationBuilder.DropColumn(name: "stamp", table: "api_keys");
            migrationBuilder.DropColumn(name: "language", table: "api_keys");
            migrationBuilder.DropColumn(name: "theme", table: "api_keys");
        }
    }
}
