using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>Who may do what.</summary>
internal static class KeyVerbs
{
    public static Command Create(ServerVerbs verbs)
    {
        var command = verbs.Create("keys", "List the API keys with their roles.", [], async (verb, cancellationToken) =>
            TextTable.Write(verb.Output, Items.In(await verb.Server.GetAsync("api/keys", cancellationToken)), "id", "name", "role", "createdAt"));
        foreach (var one in (Command[])[Add(verbs), Remove(verbs)]) command.Subcommands.Add(one);
        return command;
    }

    private static Command Add(ServerVerbs verbs)
    {
        var name = new Argument<string>("NAME") { Description = "Whose it is; it stands in the journal beside what was done with it." };
        var role = new Option<string>("--role") { Description = "viewer (looks), editor (changes drafts), publisher (editor that publishes), operator (looks, starts, cancels and redrives), admin (everything).", DefaultValueFactory = _ => "viewer" };
        return verbs.Create("add", "Make a key and show it once.", [name, role], async (verb, cancellationToken) =>
        {
            var body = new JObject { ["name"] = verb.Parsed.GetRequiredValue(name), ["role"] = verb.Parsed.GetRequiredValue(role) };
            var added = await verb.Server.SendAsync(HttpMethod.Post, "api/keys", body.ToString(Newtonsoft.Json.Formatting.None), cancellationToken);
            await verb.Output.WriteLineAsync($"{Items.Show(added["role"])}: {Items.Show(added["key"])}");
            await verb.Output.WriteLineAsync("It is not shown again.");
        });
    }

    private static Command Remove(ServerVerbs verbs)
    {
        var id = new Argument<string>("ID") { Description = "As the list shows it." };
        return verbs.Create("remove", "Take a key away, with every session that was opened by it.", [id], async (verb, cancellationToken) =>
        {
            await verb.Server.SendAsync(HttpMethod.Delete, $"api/keys/{Uri.EscapeDataString(verb.Parsed.GetRequiredValue(id))}", null, cancellationToken);
            await verb.Output.WriteLineAsync("Removed.");
        });
    }
}
