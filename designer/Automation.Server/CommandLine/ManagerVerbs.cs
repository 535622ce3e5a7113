using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

internal static class ManagerVerbs
{
    public static Command Create(ServerVerbs verbs)
    {
        var command = verbs.Create("managers", "List managers with shifts, leave and load.", [], async (verb, cancellationToken) =>
        {
            var rows = Items.In(await verb.Server.GetAsync("api/managers", cancellationToken)).Select(Row).ToList();
            TextTable.Write(verb.Output, rows, "userId", "name", "active", "state", "weight", "load", "shifts", "leave", "seenAt", "lastAssignedAt");
        });
        command.Subcommands.Add(Set(verbs));
        return command;
    }

    private static Command Set(ServerVerbs verbs)
    {
        var user = new Argument<string>("USER") { Description = "The CRM's user id." };
        var shift = new Option<string?>("--shift") { Description = "Working time, such as \"mon-fri 09:00-18:00, sat 10:00-14:00\"; always for no timesheet." };
        var leave = new Option<string[]>("--leave") { Description = "Days off, both included, such as 2026-12-01..2026-12-10; may be repeated; none for no leave." };
        var zone = new Option<string?>("--zone") { Description = "IANA zone of the shifts, such as Europe/Moscow." };
        var weight = new Option<decimal?>("--weight") { Description = "Share of the work; 2 takes twice as much as 1, 0 takes none." };
        var active = new Option<bool?>("--active") { Description = "false: gets no deals at all." };
        var seen = new Option<bool>("--seen") { Description = "Mark as present now." };
        return verbs.Create("set", "Change a manager's shifts, leave, share and presence.", [user, shift, leave, zone, weight, active, seen], async (verb, cancellationToken) =>
        {
            var (id, parsed) = (verb.Parsed.GetRequiredValue(user), verb.Parsed);
            var known = Items.In(await verb.Server.GetAsync("api/managers", cancellationToken)).FirstOrDefault(row => (string?)row["userId"] == id);
            if (known is null) throw new CommandFailedException($"not_found: there is no manager {id}. The list: managers");
            var change = new ManagerChange(parsed.GetValue(shift), parsed.GetValue(leave) ?? [], parsed.GetValue(zone), parsed.GetValue(weight), parsed.GetValue(active));
            if (!change.IsEmpty) await verb.Server.SendAsync(HttpMethod.Put, "api/managers", change.Over(known).ToString(), cancellationToken);
            if (parsed.GetValue(seen)) await verb.Server.SendAsync(HttpMethod.Post, $"api/managers/{Uri.EscapeDataString(id)}/seen", "{}", cancellationToken);
            await verb.Output.WriteLineAsync(change.IsEmpty && !parsed.GetValue(seen) ? "Nothing to change: see managers set --help." : $"Saved: {id}.");
        });
    }

    private static JObject Row(JObject manager)
    {
        var row = (JObject)manager.DeepClone();
        (row["shifts"], row["leave"]) = (ShiftText.Of(manager["timesheet"] as JObject), ShiftText.LeaveOf(manager["timesheet"] as JObject));
        return row;
    }
}
