using Automation.Engine.Matching;

namespace Automation.Designer.Live;

/// <summary>Whether an event came to a card at all, as its counters have it.</summary>
public static class CardReach
{
    public static bool Reached(string? reason) => Reach.Came(reason);
}
