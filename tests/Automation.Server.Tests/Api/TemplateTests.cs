using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Api;

public sealed class TemplateTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly FunnelDocument Funnel = new()
    {
        Slug = "sales",
        Name = "Sales",
        Stages =
        [
            new(new("1", "10"), "New"), new(new("1", "20"), "Talks"), new(new("1", "30"), "Contract"), new(new("1", "142"), "Won", null, "won"), new(new("1", "143"), "Lost", null, "lost"),
        ],
        Triggers = [new() { Id = "thanks", Name = "Own", Order = 7, When = new() { Event = TriggerEvents.Manual } }],
    };

    private static readonly TemplateCatalog Templates = new(Path.Combine(AppContext.BaseDirectory, "templates"));

    /// <summary>Also: every text, formula and script in them can be read.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Templates_PutIntoAFunnel_CanBePublished(bool english)
    {
        var all = Templates.All.Aggregate(Funnel with { Triggers = [] }, (funnel, template) => funnel with { Triggers = [.. funnel.Triggers, .. TemplateCatalog.For(template, funnel, english)] });
        Assert.Empty(await server.Services.GetRequiredService<FunnelValidator>().CheckAsync(all, null, new HashSet<string> { "ru" }, null, TestServer.Cancel));
    }

    [Fact]
    public async Task SampleFunnels_CanBePublished()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "funnels"), "*.json");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var funnel = FunnelJson.Read(await File.ReadAllTextAsync(file, TestServer.Cancel));
            Assert.Contains(funnel.Triggers, trigger => trigger.If is not null);
            Assert.Contains(funnel.Triggers, trigger => trigger.Then!.ToString().Contains("Liquid", StringComparison.Ordinal));
            Assert.Empty(await server.Services.GetRequiredService<FunnelValidator>().CheckAsync(funnel, null, new HashSet<string> { "ru" }, null, TestServer.Cancel));
        }
    }

    [Fact]
    public void Template_InTwoFunnels_HasIdsOfItsOwnInEach()
    {
        foreach (var template in Templates.All)
        {
            var twice = Funnel with { Triggers = [.. Funnel.Triggers, .. TemplateCatalog.For(template, Funnel, english: false)] };
            var ids = new[] { twice, Funnel with { Slug = "partners" } }.SelectMany(funnel => TemplateCatalog.For(template, funnel, english: false)).Concat(twice.Triggers).Select(trigger => trigger.Id).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            Assert.All(ids, id => Assert.InRange(id.Length, 1, 64));
        }
    }

    [Fact]
    public void Templates_AreBroughtAlong() => Assert.True(Templates.All.Count >= 10);

    [Theory, CombinatorialLanguages]
    public void Template_PutIntoAFunnel_IsWholeAndOfOneLanguage(string id, bool english)
    {
        var made = TemplateCatalog.For(Templates.All.Single(one => one.Id == id), Funnel, english);
        Assert.NotEmpty(made);
        foreach (var trigger in made)
        {
            Assert.NotEmpty(trigger.When.Stages);
            Assert.All(trigger.When.Stages, stage => Assert.Contains(Funnel.Stages, one => one.Ref == stage));
            Assert.NotEqual("thanks", trigger.Id);
            Assert.True(trigger.Order > 7);
            Assert.DoesNotContain("\"ru\"", trigger.Then!.ToString(), StringComparison.Ordinal);
            Assert.Equal(english, !trigger.Name.Any(letter => letter is >= 'а' and <= 'я'));
        }
    }

    private sealed class CombinatorialLanguagesAttribute : Xunit.v3.DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
            new([.. Templates.All.SelectMany(one => new[] { true, false }.Select(english => (ITheoryDataRow)new TheoryDataRow<string, bool>(one.Id, english)))]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
