using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>What the account sets for itself.</summary>
internal static class SettingsVerbs
{
    public static Command Create(ServerVerbs verbs)
    {
        var command = verbs.Create("settings", "Show the account's time zone, language, what a failure does to its deal, and quotas.", [], async (verb, cancellationToken) =>
            Write(verb, await verb.Server.GetAsync("api/settings", cancellationToken)));
        command.Subcommands.Add(Set(verbs));
        return command;
    }

    private static Command Set(ServerVerbs verbs)
    {
        var zone = new Option<string?>("--zone") { Description = "IANA time zone, such as Europe/Moscow." };
        var language = new Option<string?>("--language") { Description = "ru or en." };
        var onDead = new Option<string?>("--on-dead") { Description = "When something could not be done: continue (the deal goes on with its next event) or block (it stands still until you redrive or unblock it)." };
        var events = new Option<int?>("--events-per-second") { Description = "Accepted events a second." };
        var effects = new Option<int?>("--effects-per-day") { Description = "Actions a day." };
        var runs = new Option<int?>("--runs-per-trigger") { Description = "Runs of one trigger on one deal within 10 minutes, before it counts as a circle." };
        var depth = new Option<int?>("--max-depth") { Description = "Longest chain of own changes." };
        return verbs.Create("set", "Change what is named; the rest stays as it is.", [zone, language, onDead, events, effects, runs, depth], async (verb, cancellationToken) =>
        {
            var parsed = verb.Parsed;
            var quotas = Given(("eventsPerSecond", parsed.GetValue(events)), ("effectsPerDay", parsed.GetValue(effects)), ("runsPerTrigger", parsed.GetValue(runs)), ("maxDepth", parsed.GetValue(depth)));
            var change = Given(("timeZone", parsed.GetValue(zone)), ("language", parsed.GetValue(language)), ("onDead", parsed.GetValue(onDead)), ("quotas", quotas.Count > 0 ? quotas : null));
            if (change.Count == 0) throw new CommandFailedException("Nothing to change: see settings set --help.");
            Write(verb, await verb.Server.SendAsync(HttpMethod.Put, "api/settings", change.ToString(Newtonsoft.Json.Formatting.None), cancellationToken));
        });
    }

    private static JObject Given(params (string Name, JToken? Value)[] members) =>
        new(members.Where(member => member.Value is not (null or JValue { Value: null })).Select(member => new JProperty(member.Name, member.Value)));

    private static void Write(VerbContext verb, JToken settings)
    {
        var rows = ((JObject)settings).Properties().Where(one => one.Value is not JObject).Concat((settings["quotas"] as JObject)?.Properties() ?? []);
        TextTable.Write(verb.Output, [.. rows.Select(one => new JObject { ["setting"] = one.Name, ["value"] = one.Value })], "setting", "value");
    }
}
