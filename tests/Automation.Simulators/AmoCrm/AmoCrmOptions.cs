namespace Automation.Simulators.AmoCrm;

public sealed class AmoCrmOptions
{
    /// <summary>Path before <c>/api/v4</c>. Default none.</summary>
    public string Prefix { get; set; } = "";

    public string Subdomain { get; set; } = "demo";

    public long AccountId { get; set; } = 31700500;

    /// <summary>The long-lived token that every call must carry.</summary>
    public string Token { get; set; } = "sandbox-demo-token";

    /// <summary>IANA zone of the account. Default Europe/Moscow.</summary>
    public string TimeZone { get; set; } = "Europe/Moscow";

    /// <summary>Calls a second before 429; 0 switches the limit off. Default 7.</summary>
    public int RequestsPerSecond { get; set; } = 7;

    /// <summary>How long a hook's receiver may take. Default 2 s.</summary>
    public TimeSpan HookTimeout { get; set; } = TimeSpan.FromSeconds(2);

    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
