namespace Automation.Server.Tests.Packaging;

internal static class RepositoryFolder
{
    public static string Root { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Automation.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("Automation.sln is nowhere above the tests.");
        return folder.FullName;
    }
}
