namespace Automation.Server.CommandLine;

/// <summary>What <c>serve</c> is told.</summary>
/// <param name="Data">Directory of the embedded database, the keys and nothing else.</param>
/// <param name="Postgres">Connection string; null for the embedded SQLite.</param>
/// <param name="Url">Where designer and API listen: for the admin, loopback by default.</param>
/// <param name="HookUrl">Where hooks and health listen: may be public.</param>
/// <param name="PublicUrl">Address under which the outside reaches <paramref name="HookUrl"/>; null when it is the same.</param>
/// <param name="Sandbox">Connect the sandbox CRM and publish the sample funnel.</param>
/// <param name="SandboxUrl">Where the sandbox listens.</param>
/// <param name="NoSandboxProcess">The sandbox runs already: do not start one.</param>
/// <param name="ClusterAddress">With PostgreSQL: address and port under which the other servers on the same database reach this one; null to choose.</param>
/// <param name="LeaseSeconds">With PostgreSQL: how long a silent server is waited for before the others take over.</param>
public sealed record ServeOptions(
    string Data = ServeOptions.DefaultData, string? Postgres = null, string Url = ServeOptions.DefaultUrl, string HookUrl = ServeOptions.DefaultHookUrl,
    string? PublicUrl = null, bool Sandbox = false, string SandboxUrl = ServeOptions.DefaultSandboxUrl, bool NoSandboxProcess = false,
    string? ClusterAddress = null, double LeaseSeconds = ServeOptions.DefaultLeaseSeconds)
{
    public const string DefaultData = "./data";
    public const string DefaultUrl = "http://127.0.0.1:5080";
    public const string DefaultHookUrl = "http://127.0.0.1:5082";
    public const double DefaultLeaseSeconds = 15;
    public const string DefaultSandboxUrl = "http://127.0.0.1:5081";

    /// <summary>Root of the hook addresses that outside systems are told.</summary>
    public Uri PublicHookUrl => new(PublicUrl ?? HookUrl);
}
