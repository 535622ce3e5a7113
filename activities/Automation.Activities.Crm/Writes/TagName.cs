namespace Automation.Activities.Crm.Writes;

internal static class TagName
{
    /// <summary>The tag without its colour: of <c>VIP#FF8F92</c>, <c>VIP</c>.</summary>
    public static string Of(string tag)
    {
        var mark = tag.LastIndexOf('#');
        return mark > 0 && tag.Length - mark == 7 && tag[(mark + 1)..].All(char.IsAsciiHexDigit) ? tag[..mark] : tag;
    }
}
