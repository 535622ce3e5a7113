namespace Automation.Engine.Texts;

/// <summary>What a text message is billed by.</summary>
/// <param name="Characters">As a person counts them.</param>
/// <param name="Encoding">GSM-7 or UCS-2.</param>
/// <param name="Parts">0 for an empty text.</param>
/// <param name="Left">Units until the next part begins.</param>
/// <remarks>GSM 03.38: 160 units alone, 153 joined, those of the extension table count twice; anything else goes as UCS-2: 70 alone, 67 joined.</remarks>
public sealed record SmsParts(int Characters, string Encoding, int Parts, int Left)
{
    public const string Gsm = "GSM-7";
    public const string Ucs = "UCS-2";

    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extended = "^{}\\[~]|€\f";

    public static SmsParts Of(string text)
    {
        var gsm = IsGsm(text);
        var (alone, joined) = gsm ? (160, 153) : (70, 67);
        var units = gsm ? text.Length + text.Count(Extended.Contains) : text.Length;
        var (parts, used) = units <= alone ? (units == 0 ? 0 : 1, units) : Join(text, joined, gsm);
        var characters = text.Length - text.Count(char.IsLowSurrogate);
        return new(characters, gsm ? Gsm : Ucs, parts, (parts > 1 ? joined : alone) - used);
    }

    public static bool IsGsm(string text) => text.All(character => Basic.Contains(character) || Extended.Contains(character));

    // A character of two units is never torn apart, so a part may stay one unit short.
    private static (int Parts, int Used) Join(string text, int size, bool gsm)
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

        return (parts, used);
    }
}
