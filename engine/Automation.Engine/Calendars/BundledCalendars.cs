using System.Collections.Frozen;

namespace Automation.Engine.Calendars;

/// <summary>Calendars that come with the product, as data files. An account's own calendar of the same name goes before them.</summary>
public static class BundledCalendars
{
    /// <summary>What is meant where no calendar is named.</summary>
    public const string Default = "ru";

    private const string Folder = "Automation.Engine.Calendars.Data.";
    private static readonly FrozenDictionary<string, CalendarDocument> All = Load();

    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Null when there is none of that name.</summary>
    public static CalendarDocument? Find(string name) => All.GetValueOrDefault(name);

    private static FrozenDictionary<string, CalendarDocument> Load()
    {
        var assembly = typeof(BundledCalendars).Assembly;
        var files = new Dictionary<string, CalendarDocument>(StringComparer.Ordinal);
        foreach (var file in assembly.GetManifestResourceNames().Where(file => file.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
            files[file[Folder.Length..^".json".Length]] = CalendarJson.Read(reader.ReadToEnd());
        }
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
