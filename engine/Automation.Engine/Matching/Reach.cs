namespace Automation.Engine.Matching;

/// <summary>Whether an event came to a trigger at all: of its kind and in its stages. What did not is no pass of it.</summary>
public static class Reach
{
    /// <param name="reason">A verdict's reason.</param>
    public static bool Came(string? reason) => reason is not (null or Reasons.OtherEvent or Reasons.OtherSource or Reasons.NothingChanged or Reasons.OutsideSpan or Reasons.InsideSpan or Reasons.OtherField or Reasons.OtherTag or Reasons.Disabled);
}
