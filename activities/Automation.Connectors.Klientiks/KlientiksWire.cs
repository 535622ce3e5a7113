using System.Collections.Frozen;
using System.Globalization;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Klientiks;

/// <summary>
/// Everything about Klientiks that no vendor's text confirms: addresses, names of fields, codes of states, time zone, paging.
/// What a live account proves wrong is mended here and nowhere else.
/// </summary>
internal sealed class KlientiksWire(Connection connection)
{
    public const int PageSize = 100;

    public static readonly Uri Home = new("https://klientiks.ru");

    private static readonly FrozenDictionary<string, VisitState> States = new Dictionary<string, VisitState>
    {
        ["scheduled"] = VisitState.Booked,
        ["sms_confirmation_sent"] = VisitState.Booked,
        ["confirmed"] = VisitState.Confirmed,
        ["in_progress"] = VisitState.Arrived,
        ["finished"] = VisitState.Done,
        ["missed"] = VisitState.NoShow,
        ["cancelled"] = VisitState.Cancelled,
        ["cancelled_by_sms"] = VisitState.Cancelled,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] VisitIdNames = ["visit", "visit_id", "appointment", "appointment_id", "id"];

    /// <summary>Zone of all times on the wire; they carry no offset.</summary>
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.TryFindSystemTimeZoneById((string?)connection.Settings["timeZone"] ?? "Europe/Moscow", out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The token stands in the path: the address is never logged.</summary>
    public Uri Address(string action, string token, string rest) => new(
        $"{(connection.BaseUrl ?? Home).AbsoluteUri.TrimEnd('/')}/clientix/Restapi/{action}/a/{Part("accountId")}/u/{Part("userId")}/t/{Uri.EscapeDataString(token.Trim())}/{rest}");

    public bool HasIds => Part("accountId").Length > 0 && Part("userId").Length > 0;

    private string Part(string setting) => Uri.EscapeDataString((string?)connection.Settings[setting] ?? "");

    public static string Page(string path, int offset) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}offset={offset}&limit={PageSize}");

    /// <summary>Where the next page begins; null at the end. The answer's offset is the next one, or the asked one.</summary>
    public static int? Next(JObject answer, int asked, int count)
    {
        var limit = (int)(Number(answer["limit"]) ?? PageSize);
        if (count == 0 || count < limit) return null;
        var told = (int)(Number(answer["offset"]) ?? 0);
        return told > asked ? told : asked + count;
    }

    /// <summary>A list, one object, or a text such as "No data".</summary>
    public static List<JObject> Items(JToken? items) => items switch
    {
        JArray list => [.. list.OfType<JObject>()],
        JObject { Count: > 0 } one => one.ContainsKey("id") ? [one] : [.. one.PropertyValues().OfType<JObject>()],
        _ => [],
    };

    public static string ChangedSince(DateTimeOffset moment) =>
        string.Create(CultureInfo.InvariantCulture, $"m/AppointmentClientLinks/ik/orders/rvwk/status,statuses/?date={moment.ToUnixTimeSeconds()}");

    public static VisitState State(string raw) => States.TryGetValue(raw, out var state) ? state : VisitState.Unknown;

    /// <summary>The code to write. Which one the screens write for "came" is not known, so a setting may force it.</summary>
    public string? Code(VisitState state, bool isOver) => state switch
    {
        VisitState.Booked => "scheduled",
        VisitState.Confirmed => "confirmed",
        VisitState.Arrived => (string?)connection.Settings["arrivedState"] ?? (isOver ? "finished" : "in_progress"),
        VisitState.Done => "finished",
        VisitState.NoShow => "missed",
        VisitState.Cancelled => "cancelled",
        _ => null,
    };

    public DateTimeOffset? Moment(JToken? token)
    {
        var text = Text(token);
        if (text is null || !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return null;
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    public string FullTime(DateTimeOffset moment) => Local(moment, "yyyy-MM-dd HH:mm:ss");

    public string Day(DateTimeOffset moment) => Local(moment, "yyyy-MM-dd");

    public string Time(DateTimeOffset moment) => Local(moment, "HH:mm:ss");

    /// <summary>The visit id of a hook, under any of the names a user may have chosen.</summary>
    public string? VisitIdOf(Func<string, string?> value)
    {
        var own = connection.Settings["hookVisitNames"] is JArray names ? names.Values<string>().OfType<string>() : [];
        foreach (var name in own.Concat(VisitIdNames))
            if (value(name) is { Length: > 0 and <= 20 } id && id.All(char.IsAsciiDigit)) return id;
        return null;
    }

    /// <summary>Success is <c>"ok"</c> or <c>true</c> with no errors; an empty map may be written as a list.</summary>
    public static (bool Ok, List<(string Field, string Text)> Errors) Written(JObject answer)
    {
        var errors = (answer["errors"] as JObject)?.Properties()
            .SelectMany(field => field.Value is JArray texts ? texts.Select(text => (field.Name, Text(text) ?? "")) : [(field.Name, Text(field.Value) ?? "")]).ToList() ?? [];
        if (Text(answer["error"]) is { Length: > 0 } error) errors.Add(("", error));
        return (errors.Count == 0 && Text(answer["status"]) is "ok" or "1", errors);
    }

    public static bool IsSlot(string field) => field is "start_datetime" or "start_time" or "finish_datetime" or "finish_time";

    /// <summary>Minutes of a service: the field's name is not confirmed.</summary>
    public static int? MinutesOf(JObject service) => Number(service["duration"] ?? service["length"]) is { } minutes and > 0 and < 1440 ? (int)minutes : null;

    public static string? Text(JToken? token) => token switch
    {
        JValue { Value: bool flag } => flag ? "1" : "0",
        JValue { Value: not null } value => Convert.ToString(value.Value, CultureInfo.InvariantCulture),
        _ => null,
    };

    public static long? Number(JToken? token) => long.TryParse(Text(token), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static string Digits(string phone) => string.Concat(phone.Where(char.IsAsciiDigit));

    private string Local(DateTimeOffset moment, string format) => TimeZoneInfo.ConvertTime(moment, Zone).ToString(format, CultureInfo.InvariantCulture);
}
