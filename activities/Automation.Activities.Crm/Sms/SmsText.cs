using Automation.Engine.Texts;

namespace Automation.Activities.Crm.Sms;

/// <summary>Counts the parts that a text is billed by.</summary>
public static class SmsText
{
    public static bool IsGsm(string text) => SmsParts.IsGsm(text);

    /// <returns>0 for an empty text.</returns>
    public static int Parts(string text) => SmsParts.Of(text).Parts;
}
