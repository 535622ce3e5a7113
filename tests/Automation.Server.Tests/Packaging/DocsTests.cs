using System.Text.RegularExpressions;
using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Server.CommandLine;
using Automation.Server.Tests.CommandLine;
using Xunit;

namespace Automation.Server.Tests.Packaging;

/// <summary>What the pages say is what the product does.</summary>
public sealed partial class DocsTests
{
    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(RepositoryFolder.Root, "README.md"))
            .Select(page => Path.GetRelativePath(RepositoryFolder.Root, page))];

    [Theory, MemberData(nameof(Pages))]
    public void Page_LinksWithinTheRepository_LeadSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(page)!;
        var links = Links().Matches(RepositoryFolder.Read(page)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal));
        Assert.All(links, link => Assert.True(RepositoryFolder.Has(Path.Combine(folder, link.Split('#')[0])), link));
    }

    [Theory, MemberData(nameof(Pages))]
    public void Page_CommandLines_AreUnderstood(string page)
    {
        var verbs = Commands.Build((_, _) => Task.FromResult(0)).Subcommands.Select(command => command.Name).ToList();
        Assert.All(Verbs().Matches(RepositoryFolder.Read(page)).Select(match => match.Groups[1].Value), verb => Assert.Contains(verb, verbs));
    }

    [Fact]
    public void Readme_Sample_IsTheCompiledOne() =>
        Assert.Contains(RepositoryFolder.Read("samples/Automation.Samples.Plugin/ReverseText.cs").Trim(), RepositoryFolder.Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void FunnelFile_Example_IsRead()
    {
        var funnel = FunnelJson.Read(Block("docs/funnel-file.md"));
        Assert.Equal(TimeLength.Parse("1d12h"), Assert.Single(funnel.Triggers).When.Timing.Delay);
    }

    [Fact]
    public void FunnelFile_Events_AreAllOfThem()
    {
        var page = RepositoryFolder.Read("docs/funnel-file.md");
        Assert.All(TriggerEvents.All, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Conditions_Examples_GiveWhatThePageSays()
    {
        var (values, server) = (Block("docs/conditions.md"), new StubServer());
        var examples = RepositoryFolder.Read("docs/conditions.md").Split("## Examples")[1].Split('\n').Select(line => Example().Match(line)).Where(match => match.Success).ToList();
        Assert.True(examples.Count > 8);
        foreach (var example in examples)
        {
            await server.RunAsync("eval", example.Groups[1].Value, "--values", values);
            Assert.Equal((example.Groups[1].Value, example.Groups[2].Value, ""), (example.Groups[1].Value, server.Output.Trim(), server.Error));
        }
    }

    [Fact]
    public void WorkingTime_CalendarFile_IsRead()
    {
        var file = RepositoryFolder.Read("docs/working-time.md").Split("```json\n").Skip(1).Select(part => part.Split("```")[0]).Single(part => part.Contains(CalendarDocument.CurrentFormat, StringComparison.Ordinal));
        var calendar = CalendarCompiler.Compile("office", CalendarJson.Read(file), BundledCalendars.Find, "Europe/Moscow");
        Assert.Equal(("Asia/Yekaterinburg", 246), (calendar.Zone.Id, calendar.Total(2026).Days));
    }

    [Fact]
    public async Task WorkingTime_Examples_GiveWhatThePageSays()
    {
        var server = new StubServer();
        var examples = RepositoryFolder.Read("docs/working-time.md").Split('\n').Select(line => When().Match(line)).Where(match => match.Success).ToList();
        Assert.Equal(4, examples.Count);
        foreach (var example in examples)
        {
            await server.RunAsync("when", example.Groups[1].Value, "--at", example.Groups[2].Value);
            Assert.Equal(example.Groups[3].Value, server.Output.Split(' ')[0]);
        }
    }

    private static string Block(string page) => RepositoryFolder.Read(page).Split("```json\n")[1].Split("```")[0];

    [GeneratedRegex(@"^\| `(.+)` \| `(.+)` \| `(\d{4}.+)` \|$")]
    private static partial Regex When();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"\./run\.sh ([a-z][a-z-]*)")]
    private static partial Regex Verbs();

    [GeneratedRegex(@"^\| `(.+)` \| `(.+)` \|$")]
    private static partial Regex Example();
}
