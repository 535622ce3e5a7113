namespace Automation.Engine.Api.People;

/// <summary>Where a person goes on after the sign-in: to a page of ours and nowhere else.</summary>
public static class LocalAddress
{
    public const string Home = "/funnels";

    /// <summary>The address where it is one of ours, else <see cref="Home"/>.</summary>
    public static string Of(string? asked)
    {
        if (asked is not ['/', ..] || asked is ['/', '/' or '\\', ..] || asked.Length > 2_000 || asked.Any(letter => char.IsControl(letter) || letter == '\\')) return Home;
        return asked is "/" || asked.StartsWith("/sign-", StringComparison.OrdinalIgnoreCase) ? Home : asked;
    }
}
