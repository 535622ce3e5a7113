using Automation.Engine.Api.Errors;

namespace Automation.Engine.Api.People;

/// <summary>What may be a login, a name, a password (S8).</summary>
public static class PeopleRules
{
    public const int ShortestPassword = 12;
    public const int LongestPassword = 256;
    public const int LongestName = 100;
    private const int ShortestLogin = 3;

    /// <exception cref="ProblemException">400 <c>login_invalid</c>.</exception>
    internal static string Login(string? given) =>
        given?.Trim() is { Length: >= ShortestLogin and <= LongestName } login && !login.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)) ? login
            : throw Invalid("login", "login_invalid", $"A login has {ShortestLogin} to {LongestName} characters and no spaces.");

    /// <exception cref="ProblemException">400 <c>name_invalid</c>.</exception>
    internal static string Name(string? given) =>
        given?.Trim() is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) ? name : throw Invalid("name", "name_invalid", $"Say the name that others see, up to {LongestName} characters.");

    /// <exception cref="ProblemException">400 <c>payload_invalid</c>.</exception>
    internal static string Role(string? given) =>
        given is not null && Roles.All.Contains(given) ? given : throw Invalid("role", "payload_invalid", $"There is no role '{given}'. There are: {string.Join(", ", Roles.All)}.");

    internal static ProblemException WeakPassword() =>
        Invalid("password", "password_weak", $"A password has {ShortestPassword} to {LongestPassword} characters, at least four different ones, and is not the login.");

    internal static ProblemException Refused(int status, string path, string code, string message) => new(new(status, code, message) { Errors = [new(path, code, message)] });

    private static ProblemException Invalid(string path, string code, string message) => Refused(400, path, code, message);
}
