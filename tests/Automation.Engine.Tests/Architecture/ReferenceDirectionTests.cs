using System.Reflection;
using Automation.Engine.Workflows;

namespace Automation.Engine.Tests.Architecture;

/// <summary>References point up the list of parts only: nobody is known to what stands above it.</summary>
public sealed class ReferenceDirectionTests
{
    private static readonly string[] Edges = ["Microsoft.EntityFrameworkCore", "Npgsql", "Orleans", "System.Net.Http", "Microsoft.AspNetCore", "Quartz"];

    // A project may know those of a smaller number. Connectors and activities stand side by side and meet in the ports of the engine.
    private static readonly Dictionary<string, int> Height = new(StringComparer.Ordinal)
    {
        ["Automation.Engine"] = 0,
        ["Automation.Engine.ScriptWorker"] = 0,
        ["Automation.Engine.Expressions"] = 1,
        ["Automation.Engine.Persistence"] = 2,
        ["Automation.Engine.Persistence.Sqlite"] = 3,
        ["Automation.Engine.Persistence.PostgreSql"] = 3,
        ["Automation.Engine.Hosting"] = 4,
        ["Automation.Engine.Api"] = 5,
        ["Automation.Activities"] = 6,
        ["Automation.Activities.Crm"] = 7,
        ["Automation.Connectors.Http"] = 7,
        ["Automation.Connectors.*"] = 8,
        ["Automation.Designer"] = 9,
        ["Automation.Server"] = 10,
    };

    public static TheoryData<string> Names => [.. Repository.Projects.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Project_References_OnlyWhatStandsAbove(string name) =>
        Assert.All(Repository.Projects[name].References, reference => Assert.True(
            Repository.Projects.ContainsKey(reference) && HeightOf(reference) < HeightOf(name),
            $"{name} references {reference}, which does not stand above it."));

    [Fact]
    public void Engine_References_NoIo() => Assert.DoesNotContain(
        typeof(Activity).Assembly.GetReferencedAssemblies(),
        assembly => Edges.Any(edge => assembly.Name!.StartsWith(edge, StringComparison.Ordinal)));

    [Fact]
    public void Engine_References_NoProject() => Assert.Empty(Repository.Projects["Automation.Engine"].References);

    [Fact]
    public void ActivitiesAndConnectors_Reference_NeitherStoreNorHost() => Assert.All(
        Repository.Projects.Values.Where(project => project.Part == "activities"),
        project => Assert.DoesNotContain(project.References, reference =>
            reference.StartsWith("Automation.Engine.Persistence", StringComparison.Ordinal) || reference is "Automation.Engine.Hosting" or "Automation.Engine.Api"));

    [Fact]
    public void Connectors_Reference_NoOtherConnector() => Assert.All(
        Repository.Projects.Values.Where(project => IsConnector(project.Name)),
        project => Assert.DoesNotContain(project.References, IsConnector));

    [Fact]
    public void Projects_Reference_NoTestOrSample() => Assert.All(
        Repository.Projects.Values.SelectMany(project => project.References), reference => Assert.Contains(reference, Repository.Projects.Keys));

    [Fact]
    public void EntityFramework_IsReferenced_ByStoresAndTheirUsersInEngineOnly() => Assert.All(
        Repository.Projects.Values.Where(project => project.Part == "activities"),
        project => Assert.DoesNotContain(project.Packages, package => Edges.Any(edge => edge != "System.Net.Http" && package.StartsWith(edge, StringComparison.Ordinal))));

    [Theory, MemberData(nameof(BuiltNames))]
    public void BuiltAssembly_References_WhatItsProjectMay(string name)
    {
        var assembly = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        var ours = assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(Repository.Projects.ContainsKey);
        Assert.All(ours, reference => Assert.True(HeightOf(reference) < HeightOf(name), $"{name}.dll references {reference}.dll"));
    }

    /// <summary>Those that lie beside this test.</summary>
    public static TheoryData<string> BuiltNames =>
        [.. Repository.Projects.Keys.Where(name => File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll")))];

    // The shared HTTP client of the connectors is none of them.
    private static bool IsConnector(string name) => name.StartsWith("Automation.Connectors.", StringComparison.Ordinal) && name != "Automation.Connectors.Http";

    private static int HeightOf(string name) => Height.TryGetValue(name, out var height) ? height
        : IsConnector(name) ? Height["Automation.Connectors.*"]
        : throw new Xunit.Sdk.XunitException($"{name} has no place in the list of parts: give it one here and in the architecture.");
}
