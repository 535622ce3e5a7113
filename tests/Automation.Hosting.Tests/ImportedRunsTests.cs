using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Hosting.Retention;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests;

/// <summary>Runs that ended elsewhere: all that are brought at once or none, and never work for this server.</summary>
public sealed class ImportedRunsTests
{
    // A time long before the journal's first month here.
    private static readonly Guid Old = Guid.Parse("01700000-0000-7000-8000-000000000001");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_AllOrNone_AndNothingToBringBack(bool postgres)
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("call", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("раз")))), postgres);
        var imported = host.Services.GetRequiredService<ImportedRuns>();
        var second = Guid.Parse("01900000-0000-7000-8000-000000000002");
        Assert.Empty(await imported.StoreAsync([Run(host, Old)], "Ольга", RuntimeHost.Stop));
        Assert.Equal([Old], await imported.StoreAsync([Run(host, second), Run(host, Old)], "Ольга", RuntimeHost.Stop));

        await using var context = await host.OpenAsync();
        Assert.Equal([Old], await context.Runs.Select(row => row.Id).ToListAsync(RuntimeHost.Stop));
        Assert.Equal(1, await context.Journal.CountAsync(row => row.RunId == Old, RuntimeHost.Stop));
        Assert.Contains("Ольга", (await context.Journal.SingleAsync(row => row.Kind == "operator", RuntimeHost.Stop)).Facts, StringComparison.Ordinal);
        // It failed elsewhere.
        Assert.Empty(await host.Services.GetRequiredService<DeadLetterReads>().FindAsync(host.Account, new(), 10, RuntimeHost.Stop));

        // It goes like any other: a person deletes it, or time does.
        Assert.Equal(1, await host.Services.GetRequiredService<RunRemoval>().DeleteAsync(host.Account, [Old], "Ольга", RuntimeHost.Stop));
        Assert.Empty(await imported.StoreAsync([Run(host, second), Run(host, Old)], "Ольга", RuntimeHost.Stop));
        await context.Runs.Where(row => row.Id == Old).ExecuteUpdateAsync(update => update.SetProperty(row => row.UpdatedAt, DateTimeOffset.UnixEpoch), RuntimeHost.Stop);
        Assert.Equal(1, (await host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<RetentionLoop>().Single().RunAsync(RuntimeHost.Stop)).Runs);
        Assert.Equal([second], await context.Runs.Select(row => row.Id).ToListAsync(RuntimeHost.Stop));
    }

    private static ImportedRun Run(RuntimeHost host, Guid id)
    {
        var now = host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        return new(
            new() { Id = id, AccountId = host.Account.Value, EntityType = ImportedRuns.EntityType, EntityId = id.ToString("N"), DefinitionVersionId = "v1", Status = (int)RunStatus.Faulted, State = "{}", Name = "Проба", Sequence = 1, CreatedAt = now, UpdatedAt = now, FinishedAt = now },
            [new() { Id = id, AccountId = host.Account.Value, EntityType = ImportedRuns.EntityType, EntityId = id.ToString("N"), Kind = "run", RunId = id, Sequence = 1, At = now, Facts = """{"facts":[]}""" }]);
    }
}
