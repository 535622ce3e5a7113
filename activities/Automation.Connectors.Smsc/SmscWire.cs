using System.Collections.Frozen;
using Automation.Engine.Effects;

namespace Automation.Connectors.Smsc;

/// <summary>The gateway's numbers. Data, so that a change on their side is a change of a table.</summary>
internal static class SmscWire
{
    public const int RepeatedRequest = 9;
    public const int NotFound = -3;

    /// <summary>An own id is at most 40 characters; the first 32 of the key tell effects apart well enough.</summary>
    public static string OwnId(string effectKey) => effectKey.Length > 32 ? effectKey[..32] : effectKey;

    private static readonly FrozenDictionary<int, EffectResult> SendErrors = new Dictionary<int, EffectResult>
    {
        [1] = new Rejected("sms_parameters", "SMSC refused the message's parameters (1)."),
        [2] = new Rejected("sms_credentials_refused", "SMSC refused the login, password or key, or calls from this server's address (2). Check the connection's credentials."),
        [3] = new Rejected("sms_no_money", "There is no money on the SMSC account (3). Top it up and repeat."),
        [4] = new Retry(TimeSpan.FromMinutes(15), "SMSC blocks this server's address for a time after many errors (4)."),
        [5] = new Rejected("sms_parameters", "SMSC refused the date (5)."),
        [6] = new Rejected("sms_text_or_sender_forbidden", "SMSC forbids the text or the sender name (6). Register the sender or change the text."),
        [7] = new Rejected("sms_phone_invalid", "SMSC refused the phone's form (7)."),
        [8] = new Rejected("sms_undeliverable", "SMSC cannot deliver to this number (8)."),
    }.ToFrozenDictionary();

    public static EffectResult SendError(int code) =>
        SendErrors.TryGetValue(code, out var result) ? result : new Rejected("sms_refused", $"SMSC refused the message (error {code}).");

    /// <summary>Errors of the status call: 4 and 9 there mean too many requests.</summary>
    public static EffectResult StatusError(int code) => code == 2
        ? SendErrors[2] : new ResultUnknown($"SMSC could not say what became of the message (error {code}).");

    /// <summary>States from which no message comes to the phone any more.</summary>
    public static Rejected? FinalFailure(int status, int err) => status switch
    {
        -2 => new Rejected("sms_failed", "The message was stopped."),
        20 or 22 or 25 => new Rejected("sms_failed", $"The message cannot be delivered (status {status}, reason {err})."),
        23 => new Rejected("sms_text_or_sender_forbidden", $"The message is forbidden (status 23, reason {err})."),
        24 => new Rejected("sms_no_money", "There was no money for the message."),
        _ => null,
    };
}
