using Automation.Engine.Matching;

namespace Automation.Designer.Live;

/// <summary>Whether an event came to a card at all: of its kind and in its stages. What did not is no pass of it.</summary>
public static class CardReach
{
    public static bool Reached(string? reason) => reason is not (null or Reasons.OtherEvent or Reasons.OtherSource or Reasons.NothingChanged or Reasons.OutsideSpan or Reasons.InsideSpan or Reasons.OtherField or Reasons.OtherTag or Reasons.Disabled);
}
