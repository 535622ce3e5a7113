using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>Trying a draft before it is published.</summary>
internal static class TrialVerbs
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static IEnumerable<Command> Create(ServerVerbs verbs) => [Try(verbs), BackTest(verbs)];

    private static Command Try(ServerVerbs verbs)
    {
        var (funnel, trigger, language, json) = (Funnel(), Trigger(), Languages.Option(), Json());
        var deal = new Option<string>("--deal") { Description = "The deal's id in the CRM.", Required = true };
        var happened = new Option<string?>("--event") { Description = "One stored event's id. Default: as if each trigger's own event happened now." };
        return verbs.Create("try", "Say what a funnel's draft would do for a deal. Nothing is sent and nothing is written.", [funnel, deal, trigger, happened, language, json], async (verb, cancellationToken) =>
        {
            var lang = verb.Parsed.GetRequiredValue(language);
            var body = new JObject { ["entity"] = verb.Parsed.GetRequiredValue(deal), ["trigger"] = verb.Parsed.GetValue(trigger), ["event"] = verb.Parsed.GetValue(happened) };
            var answer = await verb.Server.SendAsync(HttpMethod.Post, $"api/funnels/{Uri.EscapeDataString(verb.Parsed.GetRequiredValue(funnel))}/try?lang={lang}", body.ToString(Formatting.None), cancellationToken);
            if (verb.Parsed.GetValue(json)) await verb.Output.WriteLineAsync(answer.ToString(Formatting.Indented));
            else await verb.Output.WriteAsync(TrialText.Tried(answer, lang));
        });
    }

    private static Command BackTest(ServerVerbs verbs)
    {
        var (funnel, trigger, language, json) = (Funnel(), Trigger(), Languages.Option(), Json());
        var days = new Option<int>("--days") { Description = "How many days back, 1 to 30.", DefaultValueFactory = _ => 7 };
        return verbs.Create("back-test", "Play the events of the last days through a funnel's draft, and say what would be different. Nothing is sent.", [funnel, days, trigger, language, json], async (verb, cancellationToken) =>
        {
            var lang = verb.Parsed.GetRequiredValue(language);
            var path = $"api/funnels/{Uri.EscapeDataString(verb.Parsed.GetRequiredValue(funnel))}/back-tests";
            var body = new JObject { ["days"] = verb.Parsed.GetRequiredValue(days), ["trigger"] = verb.Parsed.GetValue(trigger) };
            var test = await verb.Server.SendAsync(HttpMethod.Post, $"{path}?lang={lang}", body.ToString(Formatting.None), cancellationToken);
            try
            {
                while ((string?)test["status"] == "running")
                {
                    await Task.Delay(Pause, TimeProvider.System, cancellationToken);
                    test = await verb.Server.GetAsync($"{path}/{test["id"]}?lang={lang}", cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Whoever stops waiting does not want the result either.
                await verb.Server.SendAsync(HttpMethod.Delete, $"{path}/{test["id"]}", null, CancellationToken.None);
                throw;
            }

            if (verb.Parsed.GetValue(json)) await verb.Output.WriteLineAsync(test.ToString(Formatting.Indented));
            else if ((string?)test["status"] != "done") throw new CommandFailedException(Items.Show(test["error"]) is { Length: > 0 } error ? error : Items.Show(test["status"]));
            else await verb.Output.WriteAsync(TrialText.BackTested(test, lang));
        });
    }

    private static Argument<string> Funnel() => new("FUNNEL") { Description = "The funnel's short name (slug)." };

    private static Option<string?> Trigger() => new("--trigger") { Description = "One trigger's id. Default: all of the draft." };

    private static Option<bool> Json() => new("--json") { Description = "The answer as JSON." };
}
