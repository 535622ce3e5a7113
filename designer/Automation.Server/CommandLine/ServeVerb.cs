using System.CommandLine;
using System.Globalization;

namespace Automation.Server.CommandLine;

internal static class ServeVerb
{
    public static Command Create(Func<ServeOptions, CancellationToken, Task<int>> serve, Option<string> data)
    {
        var postgres = Text("--postgres", "Connection string of PostgreSQL; without it the embedded SQLite is used (AUTOMATION_POSTGRES).", "AUTOMATION_POSTGRES", null);
        var url = Text("--url", "Where designer and API listen (AUTOMATION_URL).", "AUTOMATION_URL", ServeOptions.DefaultUrl);
        var hookUrl = Text("--hook-url", "Where hooks and health listen (AUTOMATION_HOOK_URL).", "AUTOMATION_HOOK_URL", ServeOptions.DefaultHookUrl);
        var publicUrl = Text("--public-url", "Address under which the outside reaches the hooks (AUTOMATION_PUBLIC_URL). Default: --hook-url.", "AUTOMATION_PUBLIC_URL", null);
        var cluster = Text("--cluster-address", "With PostgreSQL: address and port of this machine for the other servers on the same database (AUTOMATION_CLUSTER_ADDRESS). Default: the address the database is reached from, and the port of --hook-url plus 10,000.", "AUTOMATION_CLUSTER_ADDRESS", null);
        var lease = new Option<double>("--lease")
        {
            Description = "With PostgreSQL: seconds that a silent server is waited for before the others take over, at least 1 (AUTOMATION_LEASE).",
            DefaultValueFactory = _ => double.TryParse(Commands.Variable("AUTOMATION_LEASE"), CultureInfo.InvariantCulture, out var given) ? given : ServeOptions.DefaultLeaseSeconds,
        };
        lease.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 1 and <= 3_600)) result.AddError("--lease: give 1 to 3600 seconds.");
        });
        var sandboxUrl = Text("--sandbox-url", "Where the sandbox CRM listens.", null, ServeOptions.DefaultSandboxUrl);
        var sandbox = new Option<bool>("--sandbox") { Description = "Start the sandbox CRM, connect it and publish the sample funnel." };
        var noProcess = new Option<bool>("--no-sandbox-process") { Description = "With --sandbox: it runs already, do not start one." };
        foreach (var address in (Option<string?>[])[url, hookUrl, publicUrl, sandboxUrl]) Addresses.Check(address);

        var command = new Command("serve", "Run the server.") { postgres, url, hookUrl, publicUrl, cluster, lease, sandbox, sandboxUrl, noProcess };
        command.SetAction((parsed, cancellationToken) => serve(
            new ServeOptions(
                parsed.GetValue(data)!, parsed.GetValue(postgres), parsed.GetValue(url)!, parsed.GetValue(hookUrl)!, parsed.GetValue(publicUrl),
                parsed.GetValue(sandbox), parsed.GetValue(sandboxUrl)!, parsed.GetValue(noProcess),
                parsed.GetValue(cluster), parsed.GetValue(lease)),
            cancellationToken));
        return command;
    }

    private static Option<string?> Text(string name, string description, string? variable, string? otherwise) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => (variable is null ? null : Commands.Variable(variable)) ?? otherwise,
    };
}
