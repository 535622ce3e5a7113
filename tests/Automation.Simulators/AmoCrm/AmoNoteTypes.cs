using System.Collections.Frozen;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

internal static class AmoNoteTypes
{
    /// <summary>Kinds that the API may create, with the parameters that must be there.</summary>
    private static readonly FrozenDictionary<string, string[]> Writable = new Dictionary<string, string[]>
    {
        ["common"] = ["text"],
        ["call_in"] = ["duration", "source", "phone"],
        ["call_out"] = ["duration", "source", "phone"],
        ["sms_in"] = ["text", "phone"],
        ["sms_out"] = ["text", "phone"],
        ["service_message"] = ["service", "text"],
        ["extended_service_message"] = ["service", "text"],
        ["attachment"] = ["file_uuid", "version_uuid", "file_name"],
        ["geolocation"] = ["text", "address", "longitude", "latitude"],
        ["message_cashier"] = ["status", "text"],
        ["invoice_paid"] = ["service", "text", "icon_url"],
        ["bill_paid"] = ["service", "text", "icon_url"],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, int> Numbers = new Dictionary<string, int>
    {
        ["common"] = 4,
        ["attachment"] = 5,
        ["amomail_message"] = 7,
        ["call_in"] = 10,
        ["call_out"] = 11,
        ["service_message"] = 25,
        ["extended_service_message"] = 25,
        ["sms_in"] = 102,
        ["sms_out"] = 103,
    }.ToFrozenDictionary();

    public static bool IsWritable(string type) => Writable.ContainsKey(type);

    public static string? MissingParameter(string type, JObject parameters) =>
        Writable[type].FirstOrDefault(name => parameters[name] is null or { Type: JTokenType.Null });

    public static int NumberOf(string type) => Numbers.GetValueOrDefault(type, 25);

    /// <summary>The event feed's word for a note of this kind.</summary>
    public static string EventOf(string type) => type switch
    {
        "common" => "common_note_added",
        "call_in" => "incoming_call",
        "call_out" => "outgoing_call",
        "sms_in" => "incoming_sms",
        "sms_out" => "outgoing_sms",
        "attachment" => "attachment_note_added",
        "geolocation" => "geo_note_added",
        "message_cashier" => "message_to_cashier_note_added",
        _ => "service_note_added",
    };

    /// <summary>Calls travel as a JSON text inside the field "text".</summary>
    public static string WireText(AmoNote note) => note.Type switch
    {
        "call_in" or "call_out" => new JObject
        {
            ["UNIQ"] = note.Params["uniq"],
            ["LINK"] = note.Params["link"],
            ["PHONE"] = note.Params["phone"],
            ["DURATION"] = note.Params["duration"],
            ["SRC"] = note.Params["source"],
        }.ToString(Formatting.None),
        "attachment" => (string?)note.Params["original_name"] ?? (string?)note.Params["file_name"] ?? "",
        "common" or "sms_in" or "sms_out" or "service_message" or "extended_service_message" => (string?)note.Params["text"] ?? "",
        _ => note.Params.ToString(Formatting.None),
    };
}
