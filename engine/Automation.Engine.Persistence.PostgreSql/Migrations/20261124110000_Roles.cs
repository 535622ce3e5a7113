using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
{
    /// <summary>Keys get roles; those that there are may do everything, as before.</summary>
    [DbContext(typeof(PostgreSqlDbContext))]
    [Migration("20261124110000_Roles")]
    public class Roles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "role", table: "api_keys", type: "text", nullable: false, defaultValue: "admin");
            migrationBuilder.AddColumn<Guid>(name: "issued_by", table: "api_keys", type: "uuid", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "role", table: "api_keys");
            migrationBuilder.DropColumn(name: "issued_by", table: "api_keys");
        }
    }
}
