using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

internal static class WhyVerb
{
    public static Command Create(ServerVerbs verbs)
    {
        var deal = new Option<string>("--deal") { Description = "The deal's id in the CRM.", Required = true };
        var happened = new Option<string?>("--event") { Description = "One event's id. Default: the latest." };
        var json = new Option<bool>("--json") { Description = "The answer as JSON." };
        var language = Languages.Option();
        return verbs.Create("why", "Say why each trigger fired, or did not.", [deal, happened, language, json], async (verb, cancellationToken) =>
        {
            var (id, lang) = (verb.Parsed.GetRequiredValue(deal), verb.Parsed.GetRequiredValue(language));
            var query = $"api/why?deal={Uri.EscapeDataString(id)}&lang={lang}";
            if (verb.Parsed.GetValue(happened) is { } one) query += $"&event={Uri.EscapeDataString(one)}";
            var answer = await verb.Server.GetAsync(query, cancellationToken);
            if (verb.Parsed.GetValue(json)) await verb.Output.WriteLineAsync(answer.ToString(Newtonsoft.Json.Formatting.Indented));
            else await verb.Output.WriteAsync(WhyText.Of(answer, id, lang));
        });
    }
}
