using Newtonsoft.Json;

namespace Automation.Engine.Funnels;

/// <summary>The hours in which a trigger fires; at other times an event is skipped, or waits for them.</summary>
public sealed record ActiveHours
{
    /// <summary>Working hours of this calendar: the bundled <c>ru</c>, or one of the account's own. Null where <see cref="Week"/> says.</summary>
    public string? Calendar { get; init; }

    /// <summary>Hours of the week of its own, in the account's time zone: <c>mon-fri 09:00-18:00, sat 10:00-14:00</c>.</summary>
    public string? Week { get; init; }

    public OutsideHours Outside { get; init; } = OutsideHours.Skip;
}

[JsonConverter(typeof(SnakeEnumConverter))]
public enum OutsideHours
{
    /// <summary>It does not fire.</summary>
    Skip,

    /// <summary>It fires when the hours begin, if the deal is still in its stages and the condition holds then.</summary>
    Wait,
}
