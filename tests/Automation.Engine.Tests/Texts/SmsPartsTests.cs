using Automation.Engine.Texts;

namespace Automation.Engine.Tests.Texts;

public sealed class SmsPartsTests
{
    [Theory]
    [InlineData("a", 160, "GSM-7", 1, 0)]
    [InlineData("a", 161, "GSM-7", 2, 145)]
    [InlineData("a", 306, "GSM-7", 2, 0)]
    [InlineData("a", 307, "GSM-7", 3, 152)]
    [InlineData("€", 80, "GSM-7", 1, 0)]
    [InlineData("€", 81, "GSM-7", 2, 143)]
    [InlineData("я", 70, "UCS-2", 1, 0)]
    [InlineData("я", 71, "UCS-2", 2, 63)]
    [InlineData("я", 134, "UCS-2", 2, 0)]
    [InlineData("😀", 36, "UCS-2", 2, 61)]
    [InlineData("я", 0, "GSM-7", 0, 160)]
    public void Of_ManyOfOneCharacter_CountsPartsAndWhatIsLeft(string character, int times, string encoding, int parts, int left)
    {
        var counted = SmsParts.Of(string.Concat(Enumerable.Repeat(character, times)));
        Assert.Equal((times, encoding, parts, left), (counted.Characters, counted.Encoding, counted.Parts, counted.Left));
    }

    [Fact]
    public void Of_OneOtherLetter_TurnsTheWholeTextIntoUcs2() => Assert.Equal(2, SmsParts.Of(new string('a', 70) + "я").Parts);
}
