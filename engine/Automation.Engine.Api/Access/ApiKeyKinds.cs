namespace Automation.Engine.Api;

/// <summary>Kinds of <see cref="Persistence.Rows.ApiKeyRow"/>.</summary>
public static class ApiKeyKinds
{
    /// <summary>Sent with each request.</summary>
    public const string Key = "key";

    /// <summary>Opens <c>/start/{token}</c> once.</summary>
    public const string OneTime = "one_time";

    /// <summary>Lives in a browser's cookie.</summary>
    public const string Session = "session";

    /// <summary>Lives for an hour in a page that holds Elsa Studio, and opens nothing but its API.</summary>
    public const string Studio = "studio";
}
