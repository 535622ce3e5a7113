using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Common;

/// <summary>
/// One run at a time for a thing that several events may reach: while writes are on their way, a later run waits its turn instead of
/// taking what is half written for a change or for absent (an echo often overtakes our own record of the write). Kept as a link of
/// its own relation.
/// </summary>
internal static class Turn
{
    public const string Booking = "booking_turn";

    public const string Search = "search_turn";

    // Longer than any outage the retries bridge; a run that died with its turn gives it back then.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static async ValueTask<EntityLink?> LinkAsync(ActivityExecutionContext context, string relation, MailboxKey side, string again)
    {
        var answer = await context.ReadAsync($"link/{relation}/{side}{again}", async cancellationToken =>
            Tokens.From(await context.GetRequiredService<ILinks>().FindAsync(relation, side, cancellationToken) is { } link
                ? new JObject { ["from"] = link.From.ToString(), ["to"] = link.To.ToString(), ["data"] = link.Data }
                : null));
        return answer is JObject found
            ? new(relation, MailboxKey.Parse((string)found["from"]!), MailboxKey.Parse((string)found["to"]!), (JObject)found["data"]!)
            : null;
    }

    public static async ValueTask<bool> IsOthersAsync(ActivityExecutionContext context, string relation, MailboxKey side, string again) =>
        await LinkAsync(context, relation, side, again) is { } turn
        && (string?)turn.Data["until"] is { } until && Fields.Instant(until, TimeZoneInfo.Utc) > context.Now
        && (string?)turn.Data["run"] != Owner(context);

    public static void Take(ActivityExecutionContext context, string relation, MailboxKey from, MailboxKey to)
    {
        context.Properties["turn"] = new JArray(relation, from.ToString(), to.ToString());
        context.RecordLink(new(relation, from, to, new JObject { ["run"] = Owner(context), ["until"] = (context.Now + Longest).ToString("O", CultureInfo.InvariantCulture) }));
    }

    /// <param name="refused">What the booking system refused; not asked again until it changes.</param>
    public static void GiveBack(ActivityExecutionContext context, string? refused = null)
    {
        if (!context.Properties.TryGetValue("turn", out var token) || token is not JArray turn) return;
        var data = new JObject { ["run"] = Owner(context) };
        if (refused is not null) data["refused"] = refused;
        context.RecordLink(new((string)turn[0]!, MailboxKey.Parse((string)turn[1]!), MailboxKey.Parse((string)turn[2]!), data));
        context.Properties.Remove("turn");
    }

    /// <summary>Stands for the visit of a client before it has an id.</summary>
    public static MailboxKey Client(AccountId account, ConnectionId booking, string? phone) =>
        new(account, booking, EntityTypes.Booking, "client-" + Hash(phone ?? ""));

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..24];

    /// <summary>Waits for the turn: 5 s, 10 s … at most 5 min.</summary>
    public static void Wait(ActivityExecutionContext context, ExecuteActivityDelegate callback, TimeSpan? pause = null)
    {
        var waits = context.Properties.TryGetValue("waits", out var token) ? (int)token : 0;
        context.Properties["waits"] = waits + 1;
        var due = context.Now + (pause ?? TimeSpan.FromSeconds(Math.Min(300, 5 * Math.Pow(2, waits))));
        context.CreateBookmark(new CreateBookmarkArgs { BookmarkName = "Turn", DueAt = due, Callback = callback });
    }

    /// <summary>Tells the reads after a wait from those before it: equal keys within one event are read once.</summary>
    public static string Again(ActivityExecutionContext context) => context.Properties.TryGetValue("waits", out var waits) ? $"#{waits}" : "";

    private static string Owner(ActivityExecutionContext context) => $"{context.Run.Id:N}/{context.Id}";
}
