using System.Collections.Frozen;
using System.Reflection;
using Newtonsoft.Json;

namespace Automation.Designer.Words;

/// <summary>The texts of the screen by key, one file a language (<c>Words/ru.json</c>, <c>Words/en.json</c>). Immutable.</summary>
public static class WordBook
{
    /// <summary>Languages of the screen; the first is the one that is shown where nothing else is known.</summary>
    public static readonly IReadOnlyList<string> Languages = ["ru", "en"];

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Books = Languages.ToFrozenDictionary(language => language, Read, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string> Of(string language) => Books.TryGetValue(language, out var book) ? book : Books[Languages[0]];

    private static FrozenDictionary<string, string> Read(string language)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{language}.json") ?? throw new InvalidOperationException($"Words/{language}.json is not in the assembly.");
        using var text = new StreamReader(stream);
        return JsonConvert.DeserializeObject<Dictionary<string, string>>(text.ReadToEnd())!.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
