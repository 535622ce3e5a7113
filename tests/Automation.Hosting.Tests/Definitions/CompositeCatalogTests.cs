using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Funnels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Hosting.Tests.Definitions;

/// <summary>Workflows used as activities are kept in memory, and never older than what was published, taken back or deleted.</summary>
public sealed class CompositeCatalogTests
{
    private static CancellationToken Stop => RuntimeHost.Stop;

    [Fact]
    public async Task Read_WhileNothingIsPublished_IsTheSameObject()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var (catalog, definitions) = Of(host);
        await definitions.SaveAsync(host.Account, "offer", Document("one"), publish: true, Stop);
        await definitions.SaveAsync(host.Account, "offer", Document("two"), publish: false, Stop);
        var kept = await catalog.ReadAsync(host.Account, Stop);
        Assert.Same(kept, await catalog.ReadAsync(host.Account, Stop));
        // What Studio does at every edit.
        await definitions.SaveAsync(host.Account, "offer", Document("three"), publish: false, Stop);
        Assert.Same(kept, await catalog.ReadAsync(host.Account, Stop));
    }

    [Fact]
    public async Task Read_AfterEveryKindOfChange_IsWhatStandsInTheStore()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var (catalog, definitions) = Of(host);
        Assert.Equal("", await ShownAsync());
        var draft = await definitions.SaveAsync(host.Account, "offer", Document("one"), publish: false, Stop);
        Assert.Equal("", await ShownAsync());
        // Run as a draft: it never changes from then on.
        await definitions.FreezeAsync(host.Account, draft.Row, Stop);
        Assert.Equal("1", await ShownAsync());
        await definitions.PublishAsync(host.Account, "offer", Stop);
        Assert.Equal("1 2*", await ShownAsync());
        await definitions.SaveAsync(host.Account, "offer", Document("three"), publish: true, Stop);
        Assert.Equal("1 2 3*", await ShownAsync());
        // What was published never changes either, and runs may be on it: the draft behind it is the fourth.
        Assert.Equal(4, (await definitions.RetractAsync(host.Account, "offer", Stop))!.Version);
        Assert.Equal("1 2 3", await ShownAsync());
        await definitions.RevertAsync(host.Account, "offer", 1, Stop);
        Assert.Equal("1 2 3 4", await ShownAsync());
        var second = (await definitions.FindAsync(host.Account, "offer", "2", Stop))!;
        await definitions.DeleteVersionsAsync(host.Account, [second.VersionId], Stop);
        Assert.Equal("1 3 4", await ShownAsync());
        await definitions.DeleteAsync(host.Account, ["offer"], Stop);
        Assert.Equal("", await ShownAsync());

        async Task<string> ShownAsync()
        {
            var kept = (await catalog.ReadAsync(host.Account, Stop)).Descriptors.OrderBy(one => one.Version).Select(one => $"{one.Version}{(one.IsBrowsable ? "*" : "")}");
            return string.Join(' ', kept);
        }
    }

    /// <summary>A change that this node did not make: the database tells it.</summary>
    [Fact]
    public async Task Read_PublishedAndTakenBackOnAnotherNode_FollowsIt()
    {
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(), postgres: true);
        var (catalog, definitions) = Of(host);
        await definitions.SaveAsync(host.Account, "offer", Document("one"), publish: true, Stop);
        Assert.True(Assert.Single((await catalog.ReadAsync(host.Account, Stop)).Descriptors).IsBrowsable);
        await using (var db = await host.OpenAsync()) await db.Definitions.Where(row => row.DefinitionId == "offer").ExecuteUpdateAsync(set => set.SetProperty(row => row.IsLatest, false).SetProperty(row => row.IsPublished, false), Stop);
        await HeardAsync(composites => composites.Descriptors.All(one => !one.IsBrowsable));

        await using (var db = await host.OpenAsync()) await db.Definitions.Where(row => row.DefinitionId == "offer").ExecuteDeleteAsync(Stop);
        await HeardAsync(composites => !composites.Descriptors.Any());

        async Task HeardAsync(Func<AccountComposites, bool> isSo)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            limit.CancelAfter(TimeSpan.FromSeconds(60));
            while (!isSo(await catalog.ReadAsync(host.Account, limit.Token))) await Task.Yield();
        }
    }

    /// <summary>Between another node's commit and its notice.</summary>
    [Fact]
    public async Task Workflow_WithAStepThatThisNodeHasNotHeardOf_ReadsIt()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var (catalog, definitions) = Of(host);
        var user = (await definitions.SaveAsync(host.Account, "user", Funnel.Flow(Funnel.Activity("inner", "Offer")), publish: true, Stop)).Row;
        Assert.Empty((await catalog.ReadAsync(host.Account, Stop)).Descriptors);
        await using (var db = await host.OpenAsync())
        {
            db.Definitions.Add(new() { AccountId = host.Account.Value, VersionId = "v", DefinitionId = "offer", Version = 1, Name = "Offer", Document = Document("one").ToString(Formatting.None), IsLatest = true, IsPublished = true, CreatedAt = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(Stop);
        }

        Assert.Empty((await catalog.ReadAsync(host.Account, Stop)).Descriptors);
        Assert.True((await host.Services.GetRequiredService<FunnelCatalog>().WorkflowAsync(host.Account, user.VersionId))!.IsWhole);
    }

    private static (CompositeCatalog Catalog, DefinitionService Definitions) Of(RuntimeHost host) =>
        (host.Services.GetRequiredService<CompositeCatalog>(), host.Services.GetRequiredService<DefinitionService>());

    private static JObject Document(string text)
    {
        var document = Funnel.Flow(Funnel.Activity("line", "Elsa.WriteLine", ("text", "Literal", text)));
        document["name"] = "Offer";
        document["options"] = new JObject { ["usableAsActivity"] = true };
        return document;
    }
}
