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

    /// <summary>Opens <c>/first/{token}</c>, which makes an administrator.</summary>
    public const string First = "first";

    /// <summary>Opens <c>/invite/{token}</c>, which makes a user of its role.</summary>
    public const string Invite = "invite";

    /// <summary>Opens <c>/reset/{token}</c>, where the user that it was issued by sets a new password.</summary>
    public const string Reset = "reset";

    /// <summary>Lives for an hour in a page that holds Elsa Studio, and opens nothing but its API.</summary>
    public const string Studio = "studio";
}
