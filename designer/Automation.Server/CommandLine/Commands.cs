using System.CommandLine;

namespace Automation.Server.CommandLine;

/// <summary>The command line: one verb a thing to do. All but <c>serve</c>, <c>backup</c>, <c>restore</c>, <c>eval</c> and <c>when</c> speak to the running server over its API.</summary>
public static class Commands
{
    /// <param name="serve">Runs the server until it is stopped and gives back the exit code.</param>
    /// <param name="handler">Carries the calls to the server; null for the network.</param>
    public static RootCommand Build(Func<ServeOptions, CancellationToken, Task<int>> serve, HttpMessageHandler? handler = null)
    {
        var root = new RootCommand("Automation: workflows and automation rules for CRMs.");
        var data = new Option<string>("--data")
        {
            Description = "Directory of the embedded database and the keys (AUTOMATION_DATA).",
            DefaultValueFactory = _ => Variable("AUTOMATION_DATA") ?? ServeOptions.DefaultData,
            Recursive = true,
        };
        var server = new Option<string>("--server")
        {
            Description = "Address of the running server (AUTOMATION_SERVER).",
            DefaultValueFactory = _ => Variable("AUTOMATION_SERVER") ?? ServeOptions.DefaultUrl,
            Recursive = true,
        };
        root.Options.Add(data);
        root.Options.Add(server);
        var verbs = new ServerVerbs(server, data, handler);
        root.Subcommands.Add(ServeVerb.Create(serve, data));
        foreach (var command in (IEnumerable<Command>)[.. FunnelVerbs.Create(verbs), WhyVerb.Create(verbs), .. TrialVerbs.Create(verbs), .. RunVerbs.Create(verbs), .. DeadVerbs.Create(verbs), JournalVerb.Create(verbs), DrainVerb.Create(verbs)])
            root.Subcommands.Add(command);
        foreach (var command in BackupVerbs.Create(data)) root.Subcommands.Add(command);
        root.Subcommands.Add(EvalVerb.Create());
        root.Subcommands.Add(WhenVerb.Create());
        root.Subcommands.Add(ManagerVerbs.Create(verbs));
        root.Subcommands.Add(CalendarVerbs.Create(verbs));
        root.Subcommands.Add(ConnectVerbs.Create(verbs));
        root.Subcommands.Add(SettingsVerbs.Create(verbs));
        root.Subcommands.Add(KeyVerbs.Create(verbs));
        root.Subcommands.Add(AdminLinkVerb.Create(verbs, server));
        return root;
    }

    /// <summary>An environment variable; null when it is unset or empty.</summary>
    internal static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
