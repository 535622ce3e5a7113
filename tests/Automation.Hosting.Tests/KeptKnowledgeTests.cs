using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence.Rows;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Automation.Hosting.Tests;

/// <summary>What is kept of drafts and triggers saves work, and is never older than what it is about.</summary>
public sealed class KeptKnowledgeTests
{
    private readonly FunnelDocuments documents = new();
    private int rows;

    [Fact]
    public void Draft_OfTheSameText_IsTheSameObject_AndAnotherTextIsRead()
    {
        var row = Row(FunnelJson.Write(Funnel.Of()));
        var first = documents.Draft(row);
        Assert.Same(first, documents.Draft(row));
        // Somebody else's commit, on another node.
        row.Draft = FunnelJson.Write(Funnel.Of() with { Name = "Другая" });
        Assert.Equal("Другая", documents.Draft(row).Name);
    }

    [Fact]
    public async Task Version_ThatIsNotKept_IsReadAnew()
    {
        var (funnel, reads) = (new Guid(1, 0, 0, new byte[8]), 0);
        await ReadAsync(4);
        await ReadAsync(4);
        Assert.Equal(1, reads);
        Assert.Equal("5", (await ReadAsync(5)).Name);
        Assert.Equal(2, reads);

        ValueTask<FunnelDocument> ReadAsync(int version) => documents.PublishedAsync(funnel, version, () =>
        {
            reads++;
            return Task.FromResult(Funnel.Of() with { Name = $"{version}" });
        });
    }

    [Fact]
    public void Drafts_LargerThanTheLimit_AreNotKept()
    {
        var small = Row(FunnelJson.Write(Funnel.Of()));
        var kept = documents.Draft(small);
        var large = Row(FunnelJson.Write(Funnel.Of() with { Name = new string('я', 9_000_000) }));
        Assert.NotSame(documents.Draft(large), documents.Draft(large));
        Assert.NotSame(kept, documents.Draft(small));
    }

    [Fact]
    public async Task Trigger_SeenBefore_IsJudgedByWhatIsThereNow()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var validator = host.Services.GetRequiredService<FunnelValidator>();
        var document = Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting) with { Active = new() { Calendar = "office" } }, Funnel.Flow(Funnel.Sms())));
        Assert.Equal("triggers[0].when.active.calendar", Assert.Single(await validator.CheckAsync(document, null, new HashSet<string>(), null, RuntimeHost.Stop)).Path);
        Assert.Empty(await validator.CheckAsync(document, null, new HashSet<string> { "office" }, null, RuntimeHost.Stop));
        // At another place of the document its problem stands at that one.
        var second = document with { Triggers = [Funnel.Trigger("a", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms())), .. document.Triggers] };
        Assert.Equal("triggers[1].when.active.calendar", Assert.Single(await validator.CheckAsync(second, null, new HashSet<string>(), null, RuntimeHost.Stop)).Path);
    }

    private FunnelRow Row(string draft) => new() { Id = new Guid(++rows, 0, 0, new byte[8]), AccountId = Guid.Empty, Slug = "s", Name = "", Draft = draft };
}
