using System.CommandLine;

namespace Automation.Server.CommandLine;

internal static class Languages
{
    /// <summary><c>--lang ru|en</c>; without it Russian where the terminal is Russian, otherwise English.</summary>
    public static Option<string> Option()
    {
        var option = new Option<string>("--lang") { Description = "Language of the words: ru or en.", DefaultValueFactory = _ => OfTerminal() };
        option.AcceptOnlyFromAmong("ru", "en");
        return option;
    }

    public static string OfTerminal() =>
        (Commands.Variable("LC_ALL") ?? Commands.Variable("LANG") ?? "").StartsWith("ru", StringComparison.OrdinalIgnoreCase) ? "ru" : "en";
}
