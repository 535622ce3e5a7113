using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

internal static class FunnelVerbs
{
    public static IEnumerable<Command> Create(ServerVerbs verbs) => [Funnels(verbs), Import(verbs), Export(verbs), Publish(verbs)];

    private static Command Funnels(ServerVerbs verbs) => verbs.Create("funnels", "List the funnels.", [], async (verb, cancellationToken) =>
        TextTable.Write(verb.Output, Items.In(await verb.Server.GetAsync("api/funnels", cancellationToken)), "slug", "name", "version", "publishedAt", "draft"));

    private static Command Import(ServerVerbs verbs)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A funnel document; docs/funnel-file.md describes it." };
        file.AcceptExistingOnly();
        var publish = new Option<bool>("--publish") { Description = "Publish it at once; otherwise it is saved as a draft." };
        return verbs.Create("import", "Read a funnel from a file.", [file, publish], async (verb, cancellationToken) =>
        {
            var body = await File.ReadAllTextAsync(verb.Parsed.GetRequiredValue(file).FullName, cancellationToken);
            var published = verb.Parsed.GetValue(publish);
            var saved = await verb.Server.SendAsync(HttpMethod.Post, $"api/funnels/import?publish={(published ? "true" : "false")}", body, cancellationToken);
            await verb.Output.WriteLineAsync(Told(saved, published));
        });
    }

    private static Command Export(ServerVerbs verbs)
    {
        var funnel = Slug();
        var version = new Option<int?>("--version") { Description = "A published version. Default: the latest." };
        var file = new Option<FileInfo?>("--out") { Description = "Write to this file instead of the terminal." };
        return verbs.Create("export", "Write a funnel as a file.", [funnel, version, file], async (verb, cancellationToken) =>
        {
            var query = verb.Parsed.GetValue(version) is { } number ? string.Create(CultureInfo.InvariantCulture, $"?version={number}") : "";
            var text = await verb.Server.GetTextAsync($"api/funnels/{Uri.EscapeDataString(verb.Parsed.GetRequiredValue(funnel))}/export{query}", cancellationToken);
            if (verb.Parsed.GetValue(file) is not { } target)
            {
                await verb.Output.WriteLineAsync(text.TrimEnd());
                return;
            }
            await File.WriteAllTextAsync(target.FullName, text, cancellationToken);
            await verb.Output.WriteLineAsync($"Written to {target.FullName}.");
        });
    }

    private static Command Publish(ServerVerbs verbs)
    {
        var funnel = Slug();
        return verbs.Create("publish", "Publish a funnel's draft.", [funnel], async (verb, cancellationToken) =>
        {
            var saved = await verb.Server.SendAsync(HttpMethod.Post, $"api/funnels/{Uri.EscapeDataString(verb.Parsed.GetRequiredValue(funnel))}/publish", "{}", cancellationToken);
            await verb.Output.WriteLineAsync(Told(saved, published: true));
        });
    }

    private static Argument<string> Slug() => new("FUNNEL") { Description = "The funnel's short name (slug)." };

    private static string Told(JToken saved, bool published) =>
        published ? $"Published: {saved["slug"] ?? saved["name"]}, version {saved["version"]}." : $"Saved as a draft: {saved["slug"] ?? saved["name"]}. Publish it with: publish {saved["slug"]}";
}
