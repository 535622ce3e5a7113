namespace Automation.Engine.Api.Funnels;

/// <summary>One difference between two versions of a funnel, as a sentence.</summary>
/// <param name="Part">A trigger's id; empty for the funnel's head.</param>
/// <param name="Kind">added, removed, changed.</param>
public sealed record DifferenceLine(string Part, string Kind, string Text);
