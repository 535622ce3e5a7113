using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

internal static class CalendarVerbs
{
    private const int Shown = 20;

    public static Command Create(ServerVerbs verbs)
    {
        var command = new Command("calendar", "Working calendars: list, show, set, remove.");
        foreach (var one in (Command[])[List(verbs), Show(verbs), Set(verbs), Remove(verbs)]) command.Subcommands.Add(one);
        return command;
    }

    private static Command List(ServerVerbs verbs)
    {
        var language = Languages.Option();
        return verbs.Create("list", "List the account's own calendars and the bundled ones.", [language], async (verb, cancellationToken) =>
        {
            var rows = Items.In(await verb.Server.GetAsync($"api/calendars?lang={verb.Parsed.GetValue(language)}", cancellationToken));
            foreach (var row in rows) row["years"] = string.Join(' ', row["years"] as JArray ?? []);
            TextTable.Write(verb.Output, rows, "name", "title", "own", "timeZone", "years", "updatedAt", "updatedBy");
            foreach (var row in rows)
                if (Items.Show(row["warning"]) is { Length: > 0 } warning) await verb.Output.WriteLineAsync($"! {warning}");
        });
    }

    private static Command Show(ServerVerbs verbs)
    {
        var name = Name();
        var file = new Option<FileInfo?>("--out") { Description = "Write to this file instead of the terminal." };
        return verbs.Create("show", "Write a calendar as a file.", [name, file], async (verb, cancellationToken) =>
        {
            var text = (await verb.Server.GetAsync(Address(verb, name), cancellationToken))["document"]!.ToString();
            if (verb.Parsed.GetValue(file) is not { } target)
            {
                await verb.Output.WriteLineAsync(text);
                return;
            }
            await File.WriteAllTextAsync(target.FullName, text + "\n", cancellationToken);
            await verb.Output.WriteLineAsync($"Written to {target.FullName}.");
        });
    }

    private static Command Set(ServerVerbs verbs)
    {
        var name = Name();
        var file = new Argument<FileInfo>("FILE") { Description = "A calendar file; docs/working-time.md describes it." };
        file.AcceptExistingOnly();
        return verbs.Create("set", "Save a calendar from a file; waiting deadlines that it counts move and are listed.", [name, file], async (verb, cancellationToken) =>
        {
            var body = await File.ReadAllTextAsync(verb.Parsed.GetRequiredValue(file).FullName, cancellationToken);
            await WriteAsync(verb.Output, "Saved", await verb.Server.SendAsync(HttpMethod.Put, Address(verb, name), body, cancellationToken));
        });
    }

    private static Command Remove(ServerVerbs verbs)
    {
        var name = Name();
        return verbs.Create("remove", "Take an own calendar away; a bundled one of its name holds again.", [name], async (verb, cancellationToken) =>
            await WriteAsync(verb.Output, "Removed", await verb.Server.SendAsync(HttpMethod.Delete, Address(verb, name), null, cancellationToken)));
    }

    private static async Task WriteAsync(TextWriter output, string done, JToken saved)
    {
        var (moved, stuck) = ((int?)saved["moved"] ?? 0, (int?)saved["stuck"] ?? 0);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{done}: {saved["name"]}. Deadlines moved: {moved}."));
        var rows = (saved["deadlines"] as JArray ?? []).OfType<JObject>().Take(Shown).ToList();
        foreach (var row in rows) row["deal"] ??= $"{row["entityType"]} {row["entityId"]}";
        if (rows.Count > 0) TextTable.Write(output, rows, "deal", "triggerId", "calendar", "from", "to");
        if (moved > rows.Count) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"… and {moved - rows.Count} more; the journal has them all."));
        if ((bool?)saved["finished"] == false) await output.WriteLineAsync("Others are still being moved; the journal tells of each.");
        if (stuck > 0) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"! {stuck} deadlines cannot be counted by the calendars as they are now and keep their time."));
    }

    private static Argument<string> Name() => new("NAME") { Description = "The calendar's name, such as ru." };

    private static string Address(VerbContext verb, Argument<string> name) => $"api/calendars/{Uri.EscapeDataString(verb.Parsed.GetRequiredValue(name))}";
}
