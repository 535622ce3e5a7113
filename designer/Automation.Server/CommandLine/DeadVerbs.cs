using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>What was given up, and how it comes back.</summary>
internal static class DeadVerbs
{
    private sealed record Filters(Option<string?> Kind, Option<string?> Deal, Option<string?> Trigger, Option<string?> Connection, Option<string?> Code, Option<string?> Since, Option<string?> Until)
    {
        public static Filters Create() => new(
            new("--kind") { Description = "Only these: event, run, effect." }, new("--deal") { Description = "Only this deal's." }, new("--trigger") { Description = "Only runs of this trigger." },
            new("--connection") { Description = "Only deals of this CRM: its name." }, new("--code") { Description = "Only this reason, as the list shows it." },
            new("--since") { Description = "Given up at or after: 2026-03-01 or 2026-03-01T10:00+03:00." }, new("--until") { Description = "Given up before." });

        public IEnumerable<Option<string?>> All => [Kind, Deal, Trigger, Connection, Code, Since, Until];

        public IEnumerable<(string Name, string? Value)> Read(ParseResult parsed) => All.Select(option => (option.Name.TrimStart('-'), parsed.GetValue(option)));
    }

    public static IEnumerable<Command> Create(ServerVerbs verbs)
    {
        var dead = Dead(verbs);
        dead.Aliases.Add("dead-letters");
        return [dead, Redrive(verbs), Redrives(verbs), Lift(verbs), Unblock(verbs)];
    }

    private static Command Dead(ServerVerbs verbs)
    {
        var filters = Filters.Create();
        return verbs.Create("dead", "List what could not be done and waits for a person, with the reasons.", filters.All, async (verb, cancellationToken) =>
        {
            var answer = await verb.Server.GetAsync("api/dead-letters" + RunVerbs.Query(filters.Read(verb.Parsed)), cancellationToken);
            Write(verb, answer);
        });
    }

    private static Command Redrive(ServerVerbs verbs)
    {
        var ids = new Argument<string[]>("ID") { Description = "As the list of 'dead' shows them; none to choose by the options.", Arity = ArgumentArity.ZeroOrMore };
        var filters = Filters.Create();
        var all = new Option<bool>("--all") { Description = "Everything that was given up." };
        var from = new Option<string?>("--from") { Description = "One run: the step to begin with again (its id in the workflow); also of a run that has finished." };
        var set = new Option<string[]>("--set") { Description = "One thing: NAME=VALUE of what is edited (inputs of the step named by --from, data of the event). Repeat it for more." };
        var rate = new Option<int>("--per-second") { Description = "Most of them a second, 1 to 100.", DefaultValueFactory = _ => 10 };
        var dry = new Option<bool>("--dry-run") { Description = "Only show what would be done." };
        return verbs.Create("redrive", "Do again what could not be done. What is finished is not done twice.", [ids, .. filters.All, all, from, set, rate, dry], async (verb, cancellationToken) =>
        {
            var body = new JObject { ["all"] = verb.Parsed.GetValue(all), ["from"] = verb.Parsed.GetValue(from), ["perSecond"] = verb.Parsed.GetValue(rate), ["dryRun"] = verb.Parsed.GetValue(dry) };
            foreach (var (name, value) in filters.Read(verb.Parsed)) body[name] = value;
            if (verb.Parsed.GetValue(ids) is { Length: > 0 } named) body["ids"] = new JArray(named);
            if (verb.Parsed.GetValue(set) is { Length: > 0 } edits) body["input"] = Input(edits);
            var answer = await verb.Server.SendAsync(HttpMethod.Post, "api/dead-letters/redrive", body.ToString(Newtonsoft.Json.Formatting.None), cancellationToken);
            if (verb.Parsed.GetValue(dry))
            {
                Write(verb, answer);
                await verb.Output.WriteLineAsync($"{Items.Show(answer["total"])} would be done again. Nothing was changed.");
            }
            else
            {
                await verb.Output.WriteLineAsync($"Redrive {Items.Show(answer["id"])}: {Items.Show(answer["total"])} to be done again, {Items.Show(answer["perSecond"])} a second at most. How far it is: ./run.sh redrives");
            }
        });
    }

    private static Command Redrives(ServerVerbs verbs) => verbs.Create("redrives", "List what people have started again, and how far it is.", [], async (verb, cancellationToken) =>
        TextTable.Write(verb.Output, Items.In(await verb.Server.GetAsync("api/redrives", cancellationToken)), "createdAt", "by", "done", "total", "finishedAt", "id"));

    private static Command Lift(ServerVerbs verbs)
    {
        var deal = new Option<string>("--deal") { Description = "The deal's id.", Required = true };
        var trigger = new Option<string>("--trigger") { Description = "The trigger's id.", Required = true };
        var connection = new Option<string?>("--connection") { Description = "Name of the CRM; not needed where there is one." };
        return verbs.Create("lift", "Let a trigger go on that was stopped for a deal because it ran in a circle.", [deal, trigger, connection], async (verb, cancellationToken) =>
        {
            var body = new JObject { ["deal"] = verb.Parsed.GetRequiredValue(deal), ["trigger"] = verb.Parsed.GetRequiredValue(trigger), ["connection"] = verb.Parsed.GetValue(connection) };
            var answer = await verb.Server.SendAsync(HttpMethod.Post, "api/guards/lift", body.ToString(Newtonsoft.Json.Formatting.None), cancellationToken);
            await verb.Output.WriteLineAsync($"The trigger goes on. It was stopped at {Items.Show(answer["since"])}: {(Items.Show(answer["cycle"]) is { Length: > 0 } cycle ? cycle : "too many events from outside")}");
        });
    }

    private static Command Unblock(ServerVerbs verbs)
    {
        var deal = new Option<string>("--deal") { Description = "The deal's id.", Required = true };
        var connection = new Option<string?>("--connection") { Description = "Name of the CRM; not needed where there is one." };
        return verbs.Create("unblock", "Let a deal go on that stands still because something of it could not be done; what waited behind it follows.", [deal, connection], async (verb, cancellationToken) =>
        {
            var body = new JObject { ["deal"] = verb.Parsed.GetRequiredValue(deal), ["connection"] = verb.Parsed.GetValue(connection) };
            var answer = await verb.Server.SendAsync(HttpMethod.Post, "api/dead-letters/unblock", body.ToString(Newtonsoft.Json.Formatting.None), cancellationToken);
            await verb.Output.WriteLineAsync("The deal goes on. It stood still for:");
            TextTable.Write(verb.Output, [.. (answer["causes"] as JArray ?? []).OfType<JObject>()], "since", "kind", "id");
        });
    }

    private static void Write(VerbContext verb, JToken answer) => TextTable.Write(verb.Output, Items.In(answer), "at", "kind", "deal", "triggerId", "code", "message", "tries", "id");

    private static JObject Input(IEnumerable<string> edits)
    {
        var input = new JObject();
        foreach (var edit in edits)
        {
            var equals = edit.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new CommandFailedException($"--set: '{edit}' is not NAME=VALUE.");
            input[edit[..equals]] = edit[(equals + 1)..];
        }

        return input;
    }
}
