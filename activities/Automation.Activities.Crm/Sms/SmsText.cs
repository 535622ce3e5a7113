namespace Automation.Activities.Crm.Sms;

/// <summary>Counts the parts that a text is billed by.</summary>
/// <remarks>GSM 03.38: 160 units alone, 153 joined; anything else goes as UCS-2: 70 alone, 67 joined.</remarks>
public static class SmsText
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extended = "^{}\\[~]|€\f";

    public static bool IsGsm(string text) => text.All(character => Basic.Contains(character) || Extended.Contains(character));

    /// <returns>0 for an empty text.</returns>
    public static int Parts(string text)
    {
        if (text.Length == 0) return 0;
        var gsm = IsGsm(text);
        var units = gsm ? text.Length + text.Count(Extended.Contains) : text.Length;
        var (alone, joined) = gsm ? (160, 153) : (70, 67);
        return units <= alone ? 1 : JoinedParts(text, joined, gsm);
    }

    // A character of two units is never torn apart, so a part may stay one unit short.
    private static int JoinedParts(string text, int size, bool gsm)
    {
        var (parts, used) = (1, 0);
        for (var at = 0; at < text.Length; at++)
        {
            var pair = !gsm && char.IsHighSurrogate(text[at]) && at + 1 < text.Length;
            var units = pair || (gsm && Extended.Contains(text[at])) ? 2 : 1;
            if (pair) at++;
            if (used + units > size) (parts, used) = (parts + 1, 0);
            used += units;
        }
        return parts;
    }
}
