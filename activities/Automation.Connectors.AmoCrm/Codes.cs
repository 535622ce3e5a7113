using Automation.Engine.Mailboxes;

namespace Automation.Connectors.AmoCrm;

/// <summary>The CRM's numbers and words, and what we call them.</summary>
internal static class Codes
{
    /// <summary>Code of the custom field that holds our effect key on deals we made.</summary>
    public const string AutomationKey = "AUTOMATION_KEY";

    public const string Won = "142";
    public const string Lost = "143";

    /// <summary>Numbers of entity kinds in hooks.</summary>
    public static string? EntityOfElement(string? elementType) => elementType switch
    {
        "1" or "contact" or "contacts" => EntityTypes.Contact,
        "2" or "lead" or "leads" => EntityTypes.Deal,
        "3" or "company" or "companies" => EntityTypes.Company,
        "4" or "task" or "tasks" => EntityTypes.Task,
        "12" or "customer" or "customers" => EntityTypes.Customer,
        _ => null,
    };

    /// <summary>The word in API paths; null for what the API has no such list of.</summary>
    public static string? PathOf(string entityType) => entityType switch
    {
        EntityTypes.Deal => "leads",
        EntityTypes.Contact => "contacts",
        EntityTypes.Company => "companies",
        EntityTypes.Customer => "customers",
        _ => null,
    };

    /// <summary>Kind of a note by the old number (hooks) or the word (API), as <see cref="Engine.Ports.CrmNote"/> names it.</summary>
    public static string NoteKind(string? type) => type switch
    {
        "4" or "common" => "common",
        "5" or "9" or "attachment" => "attachment",
        "7" or "8" or "amomail_message" => "mail",
        "10" or "call_in" => "call_in",
        "11" or "call_out" => "call_out",
        "102" or "sms_in" => "sms_in",
        "103" or "sms_out" => "sms_out",
        _ => "service",
    };
}
