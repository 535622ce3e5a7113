using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class WorkflowTriggers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(ChangeNotices.DefinitionsUp);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(ChangeNotices.DefinitionsDown);
        }
    }
}
