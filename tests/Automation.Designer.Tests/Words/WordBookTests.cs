using System.Text.RegularExpressions;
using Automation.Designer.Words;

namespace Automation.Designer.Tests.Words;

public sealed partial class WordBookTests
{
    [Fact]
    public void Books_EachLanguage_HaveTheSameKeysAndNoEmptyText()
    {
        var first = WordBook.Of(WordBook.Languages[0]);

        Assert.All(WordBook.Languages, language =>
        {
            Assert.Equal(first.Keys.Order(StringComparer.Ordinal), WordBook.Of(language).Keys.Order(StringComparer.Ordinal));
            Assert.DoesNotContain(WordBook.Of(language), word => string.IsNullOrWhiteSpace(word.Value));
        });
    }

    /// <summary>A key that is written out in a page and has no text would be shown as it is.</summary>
    [Fact]
    public void Keys_InThePages_HaveTexts()
    {
        var book = WordBook.Of("ru");
        var used = Directory.EnumerateFiles(Path.Combine(Root(), "designer", "Automation.Designer"), "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Used().Matches(File.ReadAllText(file)).Select(match => (Key: match.Groups["key"].Value, File: Path.GetFileName(file)))).ToList();
        Assert.True(used.Count > 300, $"{used.Count}");
        Assert.DoesNotContain(used, one => !book.ContainsKey(one.Key));
    }

    /// <summary>What is filled into one language's text is filled into the other's.</summary>
    [Fact]
    public void Texts_OfBothLanguages_TakeTheSameValues()
    {
        var english = WordBook.Of("en");
        Assert.Empty(WordBook.Of("ru").Where(word => !Places(word.Value).SetEquals(Places(english[word.Key]))).Select(word => word.Key));
    }

    private static HashSet<string> Places(string text) => Place().Matches(text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Automation.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not within the repository.");
        return folder;
    }

    [GeneratedRegex("""\bW(?:\.Count\(|\[)"(?<key>[\w.]+)"\s*[,\])]""", RegexOptions.ExplicitCapture)]
    private static partial Regex Used();

    [GeneratedRegex(@"\{\d", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
