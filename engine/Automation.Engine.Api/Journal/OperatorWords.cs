using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Journal;

/// <summary>Says in words what a person did.</summary>
internal static class OperatorWords
{
    private static readonly Dictionary<string, (string Ru, string En)> Kinds = new(StringComparer.Ordinal)
    {
        ["event"] = ("событие", "an event"),
        ["run"] = ("запуск", "a run"),
        ["effect"] = ("действие", "an action"),
    };

    private static readonly Dictionary<string, (string Ru, string En)> Outcomes = new(StringComparer.Ordinal)
    {
        ["not_dead"] = ("не потребовалось: уже не числится среди сбоев", "not needed: it is no longer among what failed"),
        ["activity_unknown"] = ("не удалось: в сценарии нет такого шага", "not done: the workflow has no such step"),
        ["activity_not_reached"] = ("не удалось: до этого шага запуск не дошёл", "not done: the run never came to that step"),
        ["deal_blocked"] = ("пока нет: сделка стоит из-за более раннего сбоя, событие пойдёт следом само", "not yet: the deal stands still for an earlier failure; it follows by itself"),
        ["journal_gone"] = ("не удалось: журнал этого запуска уже не хранится", "not done: the run's journal is no longer kept"),
    };

    /// <summary>What the loop guard stopped.</summary>
    public static (string Text, string Tone) Guard(JObject facts, bool english)
    {
        var text = $"«{(string?)facts["name"]}»: {Automation.Engine.Matching.VerdictTexts.Of((string?)facts["what"] ?? "", english ? "en" : "ru")}";
        return ((string?)facts["cycle"] is { } cycle ? $"{text}: {cycle}" : text, "trouble");
    }

    private static (string, string) Migrated(JObject facts, bool english) => ((string?)facts["outcome"], english) switch
    {
        ("moved", false) => ($"{(string?)facts["by"]}: то, что ждало, идёт дальше по версии {facts["version"]}", "plain"),
        ("moved", true) => ($"{(string?)facts["by"]}: what waited goes on by version {facts["version"]}", "plain"),
        (_, false) => ($"остаётся на прежней версии: шага, на котором ждёт сделка, в версии {facts["version"]} нет", "quiet"),
        _ => ($"stays on its version: the step that the deal waits at is not in version {facts["version"]}", "quiet"),
    };

    public static (string Text, string Tone) Of(JObject facts, bool english)
    {
        var by = (string?)facts["by"];
        if ((string?)facts["what"] == "lift") return (english ? $"{by} let the trigger '{(string?)facts["trigger"]}' go on" : $"{by}: триггер «{(string?)facts["trigger"]}» снова включён для этой сделки", "plain");
        if ((string?)facts["what"] == "unblock") return (english ? $"{by} let the deal go on" : $"{by}: сделка снова идёт дальше", "plain");
        if ((string?)facts["what"] == "delete") return (english ? $"{by} deleted the ended run '{(string?)facts["name"]}' with its journal" : $"{by}: удалён завершённый запуск «{(string?)facts["name"]}» вместе с его журналом", "plain");
        if ((string?)facts["what"] == "import") return (english ? $"{by} took the ended run '{(string?)facts["name"]}' from a file" : $"{by}: завершённый запуск «{(string?)facts["name"]}» взят из файла", "plain");
        if ((string?)facts["what"] == "hurry")
            return (string?)facts["outcome"] == "hurried" ? (english ? $"{by} did not wait: the run goes on now" : $"{by}: не ждать, выполнить сейчас", "plain")
                : (english ? $"{by} asked a run to go on now; it did not wait for a time" : $"{by}: выполнить сейчас (не потребовалось: срока уже не ждали)", "quiet");
        if ((string?)facts["what"] == "skip") return (english ? $"{by}: settled, {KindOf(facts, english)} is not done again" : $"{by}: разобрано, повторять не нужно — {KindOf(facts, english)}", (string?)facts["outcome"] == "skipped" ? "plain" : "quiet");
        if ((string?)facts["what"] == "migrate") return Migrated(facts, english);
        if ((string?)facts["what"] != "redrive") return ((string?)facts["text"] ?? (string?)facts["what"] ?? "operator", "plain");
        var kind = KindOf(facts, english);
        var text = english ? $"{by} started {kind} again" : $"{by}: повторно — {kind}";
        if ((string?)facts["from"] is { } from) text += english ? $", from the step '{from}'" : $", с шага «{from}»";
        if (facts["edited"] is JArray edited) text += (english ? ", edited: " : ", исправлено: ") + string.Join(", ", edited);
        return Outcomes.TryGetValue((string?)facts["outcome"] ?? "", out var why) ? ($"{text} ({(english ? why.En : why.Ru)})", "quiet") : (text, "plain");
    }

    private static string KindOf(JObject facts, bool english) => Kinds.TryGetValue((string?)facts["kind"] ?? "", out var words) ? english ? words.En : words.Ru : "";
}
