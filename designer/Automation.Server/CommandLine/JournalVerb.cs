using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

internal static class JournalVerb
{
    public static Command Create(ServerVerbs verbs)
    {
        var deal = new Option<string?>("--deal") { Description = "Only this deal's." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new rows as they come, until interrupted." };
        return verbs.Create("journal", "Show the journal.", [deal, follow], async (verb, cancellationToken) =>
        {
            var query = RunVerbs.Query(("deal", verb.Parsed.GetValue(deal)));
            foreach (var row in Items.In(await verb.Server.GetAsync("api/journal" + query, cancellationToken)).OrderBy(row => Items.Show(row["at"]), StringComparer.Ordinal))
                await verb.Output.WriteLineAsync(Line(row));
            if (!verb.Parsed.GetValue(follow)) return;
            await foreach (var data in verb.Server.ListenAsync("api/journal/live" + query, cancellationToken))
                if (Read(data) is { } row) await verb.Output.WriteLineAsync(Line(row));
        });
    }

    /// <summary>Time, kind, deal, then what happened: in words where the server gives them, otherwise the facts.</summary>
    public static string Line(JObject row) => string.Join("  ", new[]
    {
        Items.Show(row["at"]), Items.Show(row["kind"]), Items.Show(row["deal"]), Items.Show(row["text"] ?? row["facts"]),
    }.Where(part => part.Length > 0));

    private static JObject? Read(string data)
    {
        try
        {
            return JsonConvert.DeserializeObject<JToken>(data, new JsonSerializerSettings { DateParseHandling = DateParseHandling.None }) as JObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
