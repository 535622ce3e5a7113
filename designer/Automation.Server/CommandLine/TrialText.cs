using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>What trials showed, for a reader.</summary>
internal static class TrialText
{
    public static string Tried(JToken answer, string language)
    {
        var text = new List<string>();
        text.Add($"{(language == "ru" ? "Проба" : "Trial")}: {Items.Show(answer["deal"])} {Items.Show(answer["dealName"])}  {Items.Show(answer["text"])}".TrimEnd());
        foreach (var trigger in Of(answer["triggers"]))
        {
            var fires = Items.Show(trigger["outcome"]) != "no";
            text.Add($"  {(fires ? "✓" : "✗")} {Items.Show(trigger["name"])}  {Items.Show(trigger["text"])}{After(trigger["dueAt"], " ")}{After(trigger["later"], "; ")}{After(trigger["endText"], " — ")}".TrimEnd());
            if (trigger["first"] is not null) text.Add($"      ✗ {Items.Show(trigger["first"])}");
            foreach (var seen in Of(trigger["seen"])) text.Add($"      {Items.Show(seen["name"])} = {Items.Show(seen["value"])}");
            foreach (var step in Of(trigger["steps"])) Write(text, step);
        }

        Notes(text, answer["notes"]);
        return Lines(text);
    }

    public static string BackTested(JToken test, string language)
    {
        var (ru, result, text) = (language == "ru", test["result"]!, new List<string>());
        text.Add(ru
            ? $"Проба за {Items.Show(test["days"])} дн.: событий {Items.Show(test["played"])}, сделок {Items.Show(result["deals"])}. Черновик против версии {After(test["version"], "")}".TrimEnd()
            : $"Trial over {Items.Show(test["days"])} days: {Items.Show(test["played"])} events, {Items.Show(result["deals"])} deals. Draft against version {After(test["version"], "")}".TrimEnd());
        foreach (var card in Of(result["cards"]))
        {
            text.Add($"  {Items.Show(card["name"])}{After(card["note"], "  ! ")}");
            text.Add($"      {(ru ? "черновик" : "draft"),-14}{Tally(card["draft"], ru)}");
            text.Add($"      {(ru ? "опубликовано" : "published"),-14}{Tally(card["published"], ru)}");
            foreach (var example in Of(card["examples"]))
                text.Add($"      {(Items.Show(example["side"]) == "draft" ? "+" : "−")} № {Items.Show(example["deal"])} {Items.Show(example["name"])}  {Items.Show(example["at"])}  {Items.Show(example["reason"])}");
        }

        Notes(text, result["notes"]);
        return Lines(text);
    }

    private static void Write(List<string> text, JObject step)
    {
        var outcomes = (step["outcomes"] as JArray ?? []).Select(Items.Show).ToList();
        text.Add($"      {Mark(step)} {Items.Show(step["name"])}{(outcomes.Count == 0 ? "" : ": " + string.Join(", ", outcomes))}{After(step["error"] ?? step["code"], "  ")}");
        foreach (var act in Of(step["acts"])) text.Add($"          {Items.Show(act["text"])}");
        foreach (var wait in Of(step["waits"])) text.Add($"          ⏱ {Items.Show(wait["until"])}");
    }

    private static string Mark(JObject step) => Items.Show(step["status"]) switch { "done" => "·", "failed" => "✗", "waits" => "⏱", _ => "-" };

    private static string Tally(JToken? tally, bool ru)
    {
        if (tally is not JObject) return "—";
        var acts = Of(tally["acts"]).Select(act => $"{Items.Show(act["act"])} {Items.Show(act["count"])}").ToList();
        return (ru
            ? $"сработал {Items.Show(tally["fired"])}, пропустил {Items.Show(tally["skipped"])}, ждёт {Items.Show(tally["waiting"])}"
            : $"fired {Items.Show(tally["fired"])}, skipped {Items.Show(tally["skipped"])}, waiting {Items.Show(tally["waiting"])}") + (acts.Count == 0 ? "" : "; " + string.Join(", ", acts));
    }

    private static void Notes(List<string> text, JToken? notes)
    {
        foreach (var note in notes as JArray ?? []) text.Add($"! {Items.Show(note)}");
    }

    private static string Lines(List<string> text) => string.Concat(text.Select(line => line + Environment.NewLine));

    private static string After(JToken? value, string before) => Items.Show(value) is { Length: > 0 } shown ? before + shown : "";

    private static IEnumerable<JObject> Of(JToken? list) => (list as JArray ?? []).OfType<JObject>();
}
