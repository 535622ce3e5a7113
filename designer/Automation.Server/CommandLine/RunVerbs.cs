using System.CommandLine;

namespace Automation.Server.CommandLine;

internal static class RunVerbs
{
    public static IEnumerable<Command> Create(ServerVerbs verbs) => [Runs(verbs), Timers(verbs), Effects(verbs), Decide(verbs), Replay(verbs)];

    private static Command Runs(ServerVerbs verbs)
    {
        var deal = new Option<string?>("--deal") { Description = "Only this deal's." };
        var status = new Option<string?>("--status") { Description = "Only these: running, suspended, finished, faulted, cancelled, quarantined." };
        return verbs.Create("runs", "List runs, the latest first.", [deal, status], async (verb, cancellationToken) =>
        {
            var answer = await verb.Server.GetAsync("api/runs" + Query(("deal", verb.Parsed.GetValue(deal)), ("status", verb.Parsed.GetValue(status))), cancellationToken);
            TextTable.Write(verb.Output, Items.In(answer), "id", "name", "deal", "status", "incidents", "createdAt", "finishedAt");
        });
    }

    private static Command Timers(ServerVerbs verbs) => verbs.Create("timers", "List waiting timers, the next one first.", [], async (verb, cancellationToken) =>
        TextTable.Write(verb.Output, Items.In(await verb.Server.GetAsync("api/timers", cancellationToken)), "dueAt", "kind", "deal", "triggerId", "runId", "calendar"));

    private static Command Effects(ServerVerbs verbs)
    {
        var state = new Option<string?>("--state") { Description = "Only these: planned, sending, done, failed, unknown (wait for a decision), cancelled." };
        var deal = new Option<string?>("--deal") { Description = "Only this deal's." };
        return verbs.Create("effects", "List what was sent or is to be sent, the latest first.", [state, deal], async (verb, cancellationToken) =>
        {
            var answer = await verb.Server.GetAsync("api/effects" + Query(("state", verb.Parsed.GetValue(state)), ("deal", verb.Parsed.GetValue(deal))), cancellationToken);
            TextTable.Write(verb.Output, Items.In(answer), "plannedAt", "state", "deal", "summary", "tries", "code", "key");
        });
    }

    private static Command Decide(ServerVerbs verbs)
    {
        var key = new Argument<string>("EFFECT_KEY") { Description = "As the list of effects shows it; its first 8 characters are enough." };
        var decision = new Option<string>("--as") { Description = "done, failed, or again: send it once more under the same key.", Required = true };
        decision.AcceptOnlyFromAmong("done", "failed", "again");
        return verbs.Create("decide", "Say what became of an effect whose result nobody knows.", [key, decision], async (verb, cancellationToken) =>
        {
            var answer = await verb.Server.SendAsync(HttpMethod.Post, $"api/effects/{Uri.EscapeDataString(verb.Parsed.GetRequiredValue(key).TrimEnd('…'))}/decide", $$"""{"as":"{{verb.Parsed.GetRequiredValue(decision)}}"}""", cancellationToken);
            await verb.Output.WriteLineAsync($"{Items.Show(answer["summary"])}: {verb.Parsed.GetRequiredValue(decision)}.");
        });
    }

    private static Command Replay(ServerVerbs verbs)
    {
        var run = new Argument<Guid>("RUN_ID") { Description = "As the list of runs shows it." };
        return verbs.Create("replay", "Rebuild a run from its journal and compare it with what is stored. Nothing is sent.", [run], async (verb, cancellationToken) =>
        {
            var id = verb.Parsed.GetRequiredValue(run);
            var report = await verb.Server.SendAsync(HttpMethod.Post, $"api/runs/{id}/replay", "{}", cancellationToken);
            if ((bool?)report["equal"] != true) throw new CommandFailedException($"Run {id}: the journal gives another state. {Items.Show(report["difference"])}".TrimEnd());
            await verb.Output.WriteLineAsync($"Run {id}: {Items.Show(report["steps"])} steps replayed, the state is the stored one.");
        });
    }

    internal static string Query(params IEnumerable<(string Name, string? Value)> parts)
    {
        var given = parts.Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }
}
