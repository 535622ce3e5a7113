using System.Buffers;

namespace Automation.Connectors.Smsc;

/// <summary>Parts a short message is sent in: GSM-7 has 160 units, or 153 in each joined part; anything else is UCS-2 with 70, or 67.</summary>
public static class Segments
{
    private static readonly SearchValues<char> Basic = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");

    private const string Extended = "^{}[]~\\|€\f"; // two units each

    public static int Count(string text)
    {
        var units = 0;
        foreach (var character in text)
        {
            if (Basic.Contains(character)) units++;
            else if (Extended.Contains(character, StringComparison.Ordinal)) units += 2;
            else return Parts(text.Length, 70, 67);
        }
        return Parts(units, 160, 153);
    }

    private static int Parts(int units, int single, int joined) => units <= single ? 1 : (units + joined - 1) / joined;
}
