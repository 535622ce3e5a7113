using System.Data.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Automation.Hosting.Tests.Definitions;

/// <summary>Whether an open run has a correlation id is found without reading the others.</summary>
public sealed class OpenCorrelationTests
{
    private static CancellationToken Stop => RuntimeHost.Stop;

    [Theory]
    [InlineData(false, "order-77")]
    [InlineData(true, "order-77")]
    [InlineData(false, null)]
    [InlineData(true, null)]
    public async Task Plan_OfTheQuestion_UsesTheIndexOfOpenRuns(bool postgres, string? correlation)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(), postgres);
        await using var db = await host.OpenAsync();
        for (var number = 0; number < 2_000; number++)
            db.Runs.Add(new RunRow
            {
                Id = new Guid(number + 1, 0, 0, new byte[8]),
                AccountId = host.Account.Value,
                EntityType = "workflow",
                EntityId = $"{number}",
                DefinitionVersionId = "v",
                State = "{}",
                CorrelationId = $"order-{number}",
                Status = number % 2 == 0 ? (int)RunStatus.Finished : (int)RunStatus.Suspended,
                CreatedAt = DateTimeOffset.UnixEpoch,
                UpdatedAt = DateTimeOffset.UnixEpoch,
            });
        await db.SaveChangesAsync(Stop);
        await db.Database.ExecuteSqlRawAsync("ANALYZE", Stop);
        Assert.Equal(correlation is null ? 0 : 1, await WorkflowStarter.Open(db, host.Account, correlation).CountAsync(Stop));
        Assert.Equal(0, await WorkflowStarter.Open(db, host.Account, "order-78").CountAsync(Stop));

        await db.Database.OpenConnectionAsync(Stop);
        await using var command = WorkflowStarter.Open(db, host.Account, correlation).CreateDbCommand();
        command.CommandText = $"EXPLAIN {(postgres ? "" : "QUERY PLAN ")}{command.CommandText}";
        var plan = await PlanAsync(command);
        Assert.Contains("ix_runs_open_correlation", plan, StringComparison.Ordinal);
        Assert.DoesNotContain(postgres ? "Filter:" : "SCAN", plan, StringComparison.Ordinal);
    }

    private static async Task<string> PlanAsync(DbCommand command)
    {
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop)) lines.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        return string.Join('\n', lines);
    }
}
