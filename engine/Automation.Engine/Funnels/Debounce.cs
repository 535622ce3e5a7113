using Newtonsoft.Json;

namespace Automation.Engine.Funnels;

/// <summary>Of events of one deal that follow one another quickly only one counts.</summary>
public sealed record Debounce
{
    /// <summary>How close together. Above 0, at most 30 days.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? Within { get; init; }

    public DebounceTake Take { get; init; } = DebounceTake.First;
}

[JsonConverter(typeof(SnakeEnumConverter))]
public enum DebounceTake
{
    /// <summary>The first one fires at once; until the time has passed since it fired, nothing else does.</summary>
    First,

    /// <summary>It fires when nothing has come for that long, and looks again then; a later event takes the place of an earlier one.</summary>
    Last,
}
