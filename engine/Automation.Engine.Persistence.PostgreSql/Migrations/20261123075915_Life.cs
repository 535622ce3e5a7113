using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Automation.Engine.Persistence.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class Life : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "restores",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    taken_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_restores", x => x.id);
                });

            // The journal becomes a table of months, by the time in its ids. What is there becomes the first partition as it lies: it is
            // read once, to find its end and to prove that it fits, and not rewritten. Rows of no month find a place in journal_other.
            // A key over all partitions must hold the id: that a run's sequence is unique is held by each partition's own index.
            migrationBuilder.Sql("""
                ALTER TABLE journal RENAME TO journal_before;
                ALTER TABLE journal_before RENAME CONSTRAINT "PK_journal" TO "PK_journal_before";
                ALTER INDEX ix_journal_entity RENAME TO ix_journal_before_entity;
                ALTER INDEX ux_journal_run RENAME TO ux_journal_before_run;
                CREATE TABLE journal (LIKE journal_before INCLUDING DEFAULTS, CONSTRAINT "PK_journal" PRIMARY KEY (account_id, id)) PARTITION BY RANGE (id);
                CREATE INDEX ix_journal_entity ON journal (account_id, entity_id, entity_type, id);
                CREATE TABLE journal_other PARTITION OF journal DEFAULT;
                CREATE UNIQUE INDEX ux_journal_other_run ON journal_other (run_id, sequence) WHERE run_id IS NOT NULL;
                DO $$
                DECLARE last uuid; latest timestamptz; bound uuid;
                BEGIN
                  SELECT id INTO last FROM journal_before ORDER BY id DESC LIMIT 1;
                  latest := greatest(now(), to_timestamp(coalesce(('x' || lpad(left(replace(last::text, '-', ''), 12), 16, '0'))::bit(64)::bigint, 0) / 1000.0));
                  bound := rpad(lpad(to_hex((extract(epoch FROM (date_trunc('month', latest AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC') * 1000)::bigint), 12, '0'), 32, '0')::uuid;
                  EXECUTE format('ALTER TABLE journal ATTACH PARTITION journal_before FOR VALUES FROM (MINVALUE) TO (%L)', bound);
                END $$;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                CREATE TABLE journal_one (LIKE journal INCLUDING DEFAULTS);
                INSERT INTO journal_one SELECT * FROM journal;
                DROP TABLE journal;
                ALTER TABLE journal_one RENAME TO journal;
                ALTER TABLE journal ADD CONSTRAINT "PK_journal" PRIMARY KEY (account_id, id);
                CREATE INDEX ix_journal_entity ON journal (account_id, entity_id, entity_type, id);
                CREATE UNIQUE INDEX ux_journal_run ON journal (run_id, sequence) WHERE run_id IS NOT NULL;
                """);

            migrationBuilder.DropTable(
                name: "restores");
        }
    }
}
