using System.CommandLine;

namespace Automation.Server.CommandLine;

internal static class Addresses
{
    /// <summary>The option's value, when there is one, must be an http or https address.</summary>
    public static void Check(Option<string?> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>() is { } text && !IsWeb(text)) result.AddError($"{option.Name}: '{text}' is not an address; write http://127.0.0.1:5080.");
    });

    public static bool IsWeb(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
