using System.Xml.Linq;

namespace Automation.Engine.Tests.Architecture;

/// <summary>The projects of this repository as their files say it.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Every project below engine, activities and designer, by name.</summary>
    public static IReadOnlyDictionary<string, Project> Projects { get; } = new[] { "engine", "activities", "designer" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
        .Select(Read).ToDictionary(project => project.Name, StringComparer.Ordinal);

    private static Project Read(string file)
    {
        var document = XDocument.Load(file);
        // Built first and never referenced: a process of its own.
        var references = document.Descendants("ProjectReference").Where(item => (string?)item.Attribute("ReferenceOutputAssembly") != "false")
            .Select(item => Path.GetFileNameWithoutExtension(((string)item.Attribute("Include")!).Replace('\\', '/')));
        var packages = document.Descendants("PackageReference").Select(item => (string)item.Attribute("Include")!);
        return new(Path.GetFileNameWithoutExtension(file), Path.GetRelativePath(Root, file).Split('/', '\\')[0], [.. references], [.. packages]);
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Automation.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("Automation.sln is nowhere above the tests.");
        return folder.FullName;
    }
}

/// <param name="Part">engine, activities or designer.</param>
internal sealed record Project(string Name, string Part, IReadOnlyList<string> References, IReadOnlyList<string> Packages);
