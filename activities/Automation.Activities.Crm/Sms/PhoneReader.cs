using System.Text.RegularExpressions;
using PhoneNumbers;

namespace Automation.Activities.Crm.Sms;

/// <summary>What a phone field gave: the first mobile number, or the reason why there is none.</summary>
/// <param name="E164">Such as <c>+79161234567</c>; null when there is none.</param>
/// <param name="Reason"><c>phone_empty</c>, <c>phone_invalid</c>, <c>phone_extension</c>, <c>phone_landline</c>; null when one was found.</param>
public sealed record PhoneReading(string? E164, string? Reason);

/// <summary>Finds the first mobile number in a field as people fill it: several numbers, extensions, local forms.</summary>
public static partial class PhoneReader
{
    private static readonly PhoneNumberUtil Numbers = PhoneNumberUtil.GetInstance();

    /// <param name="region">Country of numbers without a code, such as RU.</param>
    public static PhoneReading FirstMobile(IEnumerable<string> texts, string region)
    {
        var reason = "phone_empty";
        foreach (var part in texts.SelectMany(Split))
        {
            var (phone, why) = Read(part, region);
            if (phone is not null) return new(phone, null);
            // The most telling reason wins: a landline says more than an empty rest.
            if (Rank(why!) > Rank(reason)) reason = why!;
        }
        return new(null, reason);
    }

    /// <summary>Any valid number without an extension, mobile or not; null when there is none.</summary>
    public static string? Normalize(string? text, string region)
    {
        foreach (var part in Split(text ?? ""))
            if (Parse(part, region) is { HasExtension: false } number) return Numbers.Format(number, PhoneNumberFormat.E164);
        return null;
    }

    /// <summary>For logs and the journal: <c>+7916***4567</c>.</summary>
    public static string Mask(string phone) => phone.Length < 9 ? "***" : $"{phone[..5]}***{phone[^4..]}";

    private static (string? Phone, string? Reason) Read(string part, string region)
    {
        if (Parse(part, region) is not { } number) return (null, "phone_invalid");
        if (number.HasExtension) return (null, "phone_extension");
        return Numbers.GetNumberType(number) is PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE_OR_MOBILE
            ? (Numbers.Format(number, PhoneNumberFormat.E164), null)
            : (null, "phone_landline");
    }

    private static PhoneNumber? Parse(string part, string region)
    {
        try
        {
            // International calls from Russia begin with 8~10.
            var text = region == "RU" ? RussianExit().Replace(part, "+") : part;
            var number = Numbers.Parse(text, region);
            return Numbers.IsValidNumber(number) ? number : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Split(string text)
    {
        var parts = new List<string>();
        foreach (var part in Separators().Split(text))
        {
            if (string.IsNullOrWhiteSpace(part)) continue;
            if (parts.Count > 0 && Extension().IsMatch(part)) parts[^1] += " " + part.Trim();
            else parts.Add(part.Trim());
        }
        return parts;
    }

    private static int Rank(string reason) => reason switch { "phone_landline" => 3, "phone_extension" => 2, "phone_invalid" => 1, _ => 0 };

    [GeneratedRegex(@"[,;/\r\n]+")]
    private static partial Regex Separators();

    [GeneratedRegex(@"^\s*(доб|вн|ext|x|#)\.?\s*\d", RegexOptions.IgnoreCase)]
    private static partial Regex Extension();

    [GeneratedRegex(@"^\s*8[\s~-]*10[\s~-]*(?=\d{2}.{8,})")]
    private static partial Regex RussianExit();
}
