namespace Automation.Engine.Api.Activities;

/// <summary>Chooses between what an activity says in Russian and what it says plainly.</summary>
internal static class Wording
{
    public static string Of(bool english, string? russian, string plain) => english || russian is null ? plain : russian;

    /// <summary>What speaks Russian is not explained in English; a plug-in that does not is.</summary>
    /// <param name="name">The Russian name of what is explained.</param>
    public static string? Explain(bool english, string? name, string? russian, string? plain) => (english || (name is null && russian is null) ? plain : russian) is { Length: > 0 } words ? words : null;
}
