using System.Text;
using Automation.Engine.Matching;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>Verdicts for a reader: a mark, the trigger, the reason, and under it the values that were seen.</summary>
internal static class WhyText
{
    public static string Of(JToken answer, string deal, string language)
    {
        var events = Events(answer).ToList();
        if (events.Count == 0) return (language == "ru" ? $"По сделке {deal} событий ещё не было." : $"There were no events of deal {deal} yet.") + Environment.NewLine;
        var text = new StringBuilder();
        if (Items.Show((answer as JObject)?["text"]) is { Length: > 0 } summary) text.AppendLine(summary);
        if ((answer as JObject)?["waiting"] is JObject waiting) text.AppendLine(Now(waiting));
        foreach (var one in events) Write(text, one, language);
        return text.ToString();
    }

    // One event, or a list of them.
    private static IEnumerable<JObject> Events(JToken answer) =>
        answer is JObject one && one["verdicts"] is JArray ? [one] : answer is JObject { } many && many["events"] is JArray list ? list.OfType<JObject>() : Items.In(answer);

    private static void Write(StringBuilder text, JObject one, string language)
    {
        var told = one["event"] as JObject ?? one;
        text.AppendLine(string.Join("  ", new[] { told["at"] ?? told["receivedAt"], told["text"] ?? told["kind"], told["id"] ?? told["eventId"] }.Select(Items.Show).Where(part => part.Length > 0)));
        var verdicts = (one["verdicts"] as JArray ?? []).OfType<JObject>().ToList();
        var width = verdicts.Select(verdict => Name(verdict).Length).DefaultIfEmpty().Max();
        foreach (var verdict in verdicts)
        {
            text.AppendLine($"  {Mark(verdict)} {Name(verdict).PadRight(width)}  {Reason(verdict, language)}".TrimEnd());
            foreach (var seen in (verdict["seen"] as JArray ?? []).OfType<JObject>())
                text.AppendLine(string.Concat("".PadRight(width + 6), Items.Show(seen["path"]), " = ", seen["value"] is null or JValue { Value: null } ? "null" : Items.Show(seen["value"])));
            foreach (var now in (verdict["now"] as JArray ?? []).OfType<JObject>()) text.AppendLine("".PadRight(width + 6) + Now(now));
        }
        if (verdicts.Count == 0 && one["text"] is null) text.AppendLine(language == "ru" ? "  За этой сделкой не смотрит ни один триггер." : "  No trigger watches this deal.");
    }

    private static string Now(JObject now) => $"{Items.Show(now["text"])} {Items.Show(now["at"])}".TrimEnd();

    private static string Name(JObject verdict) => Items.Show(verdict["triggerName"] ?? verdict["name"] ?? verdict["triggerId"]);

    private static string Mark(JObject verdict) => Items.Show(verdict["outcome"]).ToLowerInvariant() switch
    {
        "fired" => "✓",
        "scheduled" => "⏱",
        _ => "✗",
    };

    private static string Reason(JObject verdict, string language)
    {
        var words = Items.Show(verdict["text"]);
        if (words.Length == 0) words = VerdictTexts.Of(Items.Show(verdict["reason"]), language);
        if (Items.Show(verdict["message"]) is { Length: > 0 } message && message != words) words += $": {message}";
        if (Items.Show(verdict["later"]) is { Length: > 0 } later) words += $"; {later}";
        if (Items.Show(verdict["dueAt"]) is { Length: > 0 } due) words += $" ({due})";
        return words;
    }
}
