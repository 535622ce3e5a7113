using Automation.Designer.Running;
using Automation.Designer.Words;

namespace Automation.Designer.Tests.Words;

public sealed class SeenWordsTests
{
    [Theory]
    [InlineData("ru", "deal.price", "бюджет")]
    [InlineData("en", "deal.price", "budget")]
    [InlineData("ru", "[deal.price] >= 30000", "бюджет ≥ 30000")]
    [InlineData("ru", "deal.price != 0", "бюджет ≠ 0")]
    [InlineData("ru", "deal.cf.7", "deal.cf.7")]
    public void Name_OfWhatAConditionSaw_IsInWordsAndSignsOfPeople(string language, string path, string expected) => Assert.Equal(expected, In(language).SeenName(path));

    [Fact]
    public void Value_OfTheBudgetAlone_IsInGroups()
    {
        Assert.Equal("250,000", In("en").SeenValue("deal.price", "250000"));
        Assert.Equal("79160000000", In("en").SeenValue("deal.phone", "79160000000"));
        Assert.Equal("—", In("en").SeenValue("deal.price", "—"));
    }

    private static ScreenWords In(string language)
    {
        var words = new ScreenWords();
        words.Use(language, TimeZoneInfo.Utc);
        return words;
    }
}
