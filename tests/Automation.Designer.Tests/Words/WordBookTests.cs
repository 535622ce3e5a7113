using Automation.Designer.Words;

namespace Automation.Designer.Tests.Words;

public sealed class WordBookTests
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
}
