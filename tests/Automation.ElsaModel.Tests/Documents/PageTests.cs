using System.Text.RegularExpressions;
using Automation.Activities.Flow;
using Automation.Engine.Workflows.Interpreter;

namespace Automation.ElsaModel.Tests.Documents;

/// <summary>What docs/from-elsa.md says is what these tests run and what the engine has.</summary>
public sealed partial class PageTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "docs/from-elsa.md"));

    [Fact]
    public void Page_Samples_StandInThisProject()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Root, "tests/Automation.ElsaModel.Tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var samples = Page.Split("```csharp\n").Skip(1).Select(part => part.Split("```")[0].Trim()).ToList();

        Assert.Equal(4, samples.Count);
        Assert.All(samples, sample => Assert.Contains(sources, source => source.Contains(sample, StringComparison.Ordinal)));
    }

    [Fact]
    public void Page_ElsasActivities_AreThoseOfTheEngine()
    {
        var engine = new ActivityRegistry().RegisterAssembly(typeof(Flowchart).Assembly).Descriptors.Select(one => one.TypeName)
            .Where(name => name.StartsWith("Elsa.", StringComparison.Ordinal) && name is not ("Elsa.Workflow" or "Elsa.WorkflowDefinitionActivity" or "Elsa.NotFoundActivity"));
        var listed = Types().Matches(Page.Split("## Which activities")[1].Split("\n## ")[0]).Select(match => match.Groups[1].Value);

        Assert.Equal(engine.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Automation.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("Automation.sln is nowhere above the tests.");
        return folder.FullName;
    }

    [GeneratedRegex("`(Elsa\\.[A-Za-z]+)`")]
    private static partial Regex Types();
}
