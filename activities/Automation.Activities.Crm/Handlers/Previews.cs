using Automation.Activities.Crm.Sms;
using Automation.Engine.Effects;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Handlers;

/// <summary>Writes to a CRM: what is made gets an id that says that it is none.</summary>
public sealed class CrmEffectPreview : IEffectPreview
{
    /// <summary>Stands where the CRM's id would.</summary>
    public const string NoId = "…";

    public string Kind => "crm";

    public EffectPreview Of(JObject request)
    {
        var shown = (JObject)request.DeepClone();
        if ((string?)shown["phone"] is { } phone) shown["phone"] = PhoneReader.Mask(phone);
        if ((string?)shown["email"] is { } address) shown["email"] = Masks.Address(address);
        return (string?)request["command"] switch
        {
            "create_deal" => new(TrialActs.Deal, One(), shown),
            "create_contact" => new(TrialActs.Contact, One(), shown),
            "add_notes" => new(TrialActs.Note, Many(request["texts"]), shown),
            "create_tasks" => new(TrialActs.Task, Many(request["tasks"]), shown),
            "update_tasks" => new(TrialActs.TaskChange, new JObject(), shown),
            "attach_files" => new(TrialActs.Files, new JObject(), shown),
            "update_entity" => new(TrialActs.Change, new JObject(), shown),
            _ => new(TrialActs.Other, new JObject(), shown),
        };
    }

    private static JObject One() => new() { ["id"] = NoId };

    private static JObject Many(JToken? items) => new() { ["ids"] = new JArray((items as JArray ?? []).Select((_, place) => $"{NoId}-{place + 1}")) };
}

/// <summary>Short messages: taken by the gateway.</summary>
public sealed class SmsEffectPreview : IEffectPreview
{
    public string Kind => "sms";

    public EffectPreview Of(JObject request) => new(
        TrialActs.Sms, new JObject { ["id"] = CrmEffectPreview.NoId, ["parts"] = request["parts"] }, new JObject(request) { ["phone"] = PhoneReader.Mask((string?)request["phone"] ?? "") });
}

/// <summary>E-mail: taken by the mail server.</summary>
public sealed class EmailEffectPreview : IEffectPreview
{
    public string Kind => "email";

    public EffectPreview Of(JObject request) => new(
        TrialActs.Email, new JObject(), new JObject { ["to"] = Masks.Address((string?)request["to"] ?? ""), ["subject"] = request["subject"], ["text"] = request["text"] });
}

/// <summary>Visits: booked at the time that was asked for.</summary>
public sealed class BookingEffectPreview : IEffectPreview
{
    public string Kind => "booking";

    public EffectPreview Of(JObject request)
    {
        var shown = (JObject)request.DeepClone();
        if ((string?)shown["ClientPhone"] is { } phone) shown["ClientPhone"] = PhoneReader.Mask(phone);
        return new(TrialActs.Booking, new JObject { ["visitId"] = request["VisitId"] ?? CrmEffectPreview.NoId, ["start"] = request["Start"] }, shown);
    }
}

internal static class Masks
{
    /// <summary>An e-mail address with its first letter and its host.</summary>
    public static string Address(string address) => address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{address[0]}***{address[at..]}" : "***";
}
