using Automation.Server.CommandLine;
using Xunit;

namespace Automation.Server.Tests.Packaging;

public sealed class DockerfileTests
{
    private static readonly IReadOnlyList<string[]> Steps =
        [.. RepositoryFolder.Read("Dockerfile").Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [Fact]
    public void Copy_NamesWhatExists() => Assert.All(
        Steps.Where(step => step[0] == "COPY" && !step[1].StartsWith("--from=", StringComparison.Ordinal)).SelectMany(step => step[1..^1]),
        path => Assert.True(RepositoryFolder.Has(path), path));

    [Fact]
    public void DockerIgnore_KeepsNothingThatIsCopied()
    {
        var ignored = RepositoryFolder.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(Steps.Where(step => step[0] == "COPY").SelectMany(step => step[1..^1]), path => ignored.Contains(path.TrimEnd('/')));
    }

    [Fact]
    public void Publish_NamesTheServer()
    {
        var publish = Assert.Single(Steps, step => step is ["RUN", "dotnet", "publish", ..]);
        Assert.True(RepositoryFolder.Has($"{publish[3]}/{Path.GetFileName(publish[3])}.csproj"));
    }

    [Fact]
    public void Images_HaveTheFrameworkOfTheProjects()
    {
        var version = RepositoryFolder.Read("Directory.Build.props").Split("<TargetFramework>net")[1].Split('<')[0];
        Assert.All(Steps.Where(step => step[0] == "FROM" && step[1].Contains("/dotnet/", StringComparison.Ordinal)), step => Assert.EndsWith($":{version}", step[1], StringComparison.Ordinal));
    }

    [Fact]
    public void EntryPoint_IsTheServerAndAVerbItKnows()
    {
        Assert.Equal("ENTRYPOINT [\"dotnet\", \"Automation.Server.dll\"]", string.Join(' ', Assert.Single(Steps, step => step[0] == "ENTRYPOINT")));
        var verb = Assert.Single(Steps, step => step[0] == "CMD")[1].Trim('[', ']', '"');
        Assert.Empty(Commands.Build((_, _) => Task.FromResult(0)).Parse([verb]).Errors);
    }

    [Fact]
    public void Process_IsNotRoot() => Assert.Equal("app", Assert.Single(Steps, step => step[0] == "USER")[1]);

    [Fact]
    public void Expose_IsWhereTheServerListens()
    {
        var exposed = Assert.Single(Steps, step => step[0] == "EXPOSE")[1..].Select(port => int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal([new Uri(ServeOptions.DefaultUrl).Port, new Uri(ServeOptions.DefaultHookUrl).Port], exposed);
    }
}
