using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
{
    /// <summary>A trigger of the database and nothing of the model: there is no model to keep beside it.</summary>
    [DbContext(typeof(PostgreSqlDbContext))]
    [Migration("20261124100000_WorkflowTriggers")]
    public class WorkflowTriggers : Migration
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
