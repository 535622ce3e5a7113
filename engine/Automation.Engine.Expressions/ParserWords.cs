using System.Text.RegularExpressions;

namespace Automation.Engine.Expressions;

/// <summary>What the parsers of Liquid and JavaScript say in English, for people who read Russian: their commonest mistakes; null for the rest, which stays as they word it.</summary>
internal static partial class ParserWords
{
    public static string? OfText(string message)
    {
        if (NotClosed().Match(message) is { Success: true } open) return $"начало «{open.Groups[1].Value}» есть, а конца «end{open.Groups[1].Value}» нет";
        if (UnknownTag().Match(message) is { Success: true } tag) return $"такой команды нет: «{tag.Groups[1].Value}»";
        return NotTerminated().Match(message) is { Success: true } cut ? $"не закрыты скобки: «{cut.Groups[1].Value}»" : null;
    }

    public static string? OfScript(string message)
    {
        if (message.Contains("Unexpected end of input", StringComparison.Ordinal)) return "скрипт обрывается: не хватает закрывающей скобки";
        if (message.Contains("Invalid or unexpected token", StringComparison.Ordinal)) return "лишний знак или незакрытая кавычка";
        return UnexpectedToken().Match(message) is { Success: true } token ? $"лишнее «{token.Groups[1].Value}»" : null;
    }

    [GeneratedRegex(@"^(\w+) tag was never closed", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NotClosed();

    [GeneratedRegex(@"^Unknown tag '([^']*)'", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex UnknownTag();

    [GeneratedRegex(@"^(?:Variable|Tag) '(.*?)' was not properly terminated", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex NotTerminated();

    [GeneratedRegex(@"Unexpected (?:token|identifier|string|number|template string)\s*'?([^']*?)'?$", RegexOptions.CultureInvariant)]
    private static partial Regex UnexpectedToken();
}
