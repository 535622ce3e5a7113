using System.Globalization;
using System.Text.RegularExpressions;
using Automation.Activities.Crm.Common;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.ChildDeals;

/// <summary>What of a deal's history goes along.</summary>
internal sealed record HistoryParts(bool Notes, bool Calls, bool Mails, bool Files);

/// <summary>
/// Turns a deal's notes into texts for its child. A text begins with a line that names kind, time, author and the deal it came from;
/// a note that begins so is history already and goes on as it is, so that a grandchild has everything once (AD-6).
/// </summary>
internal static partial class History
{
    /// <summary>Begins our own notes that link two deals; they are no history.</summary>
    public const string LinkMark = "🔗 ";

    public static IReadOnlyList<string> Texts(ActivityExecutionContext context, IEnumerable<CrmNote> notes, string dealId, HistoryParts parts)
    {
        var texts = new List<string>();
        foreach (var note in notes)
        {
            if (!Wanted(note, parts) || note.Text?.StartsWith(LinkMark, StringComparison.Ordinal) == true) continue;
            var carried = note.Text is { } text && Header().IsMatch(text);
            var line = carried ? note.Text! : Describe(context, note, dealId);
            // The same old entry may come by two ways (a diamond of deals): once is enough.
            if (!carried || !texts.Contains(line)) texts.Add(line);
        }
        return texts;
    }

    private static bool Wanted(CrmNote note, HistoryParts parts) => note.Kind switch
    {
        "call_in" or "call_out" => parts.Calls,
        "mail" => parts.Mails,
        "attachment" => parts.Files,
        _ => parts.Notes,
    };

    private static string Describe(ActivityExecutionContext context, CrmNote note, string dealId)
    {
        var at = TimeZoneInfo.ConvertTime(note.At, context.TimeZone).ToString("dd.MM.yyyy HH:mm", CultureInfo.InvariantCulture);
        var author = note.AuthorName ?? context.In("Автоматизация", "Automation");
        var header = $"{Mark(note.Kind)} {at} · {author} · {context.In("сделка", "deal")} № {dealId}";
        var lines = new List<string> { header };
        if (Kind(context, note.Kind) is { } kind) lines.Add(note.DurationSeconds is { } seconds ? $"{kind}, {TimeSpan.FromSeconds(seconds).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)}" : kind);
        if (!string.IsNullOrWhiteSpace(note.Text)) lines.Add(note.Text);
        if (!string.IsNullOrWhiteSpace(note.Link)) lines.Add(note.Link);
        return string.Join('\n', lines);
    }

    private static string Mark(string kind) => kind switch
    {
        "call_in" or "call_out" => "📞",
        "mail" => "✉",
        "sms_in" or "sms_out" => "💬",
        "attachment" => "📎",
        _ => "📝",
    };

    private static string? Kind(ActivityExecutionContext context, string kind) => kind switch
    {
        "call_in" => context.In("Входящий звонок", "Incoming call"),
        "call_out" => context.In("Исходящий звонок", "Outgoing call"),
        "mail" => context.In("Письмо", "E-mail"),
        "sms_in" => context.In("Входящее SMS", "Incoming SMS"),
        "sms_out" => context.In("Исходящее SMS", "Outgoing SMS"),
        _ => null,
    };

    [GeneratedRegex(@"^(📝|📞|✉|💬|📎) \d\d\.\d\d\.\d{4} \d\d:\d\d · .* · (сделка|deal) № \S+(\n|$)")]
    private static partial Regex Header();
}
