using Automation.Designer.Words;

namespace Automation.Designer.Access;

internal static class RefusalWords
{
    /// <summary>A refusal in the language of the page: <c>refused.{code}</c>; the API's own words where the book has none.</summary>
    public static string Refusal(this ScreenWords words, string code, string title) => words[$"refused.{code}"] is var text && text.StartsWith("refused.", StringComparison.Ordinal) ? title : text;
}
