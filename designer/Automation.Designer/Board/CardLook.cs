using Automation.Engine.Api.Funnels;

namespace Automation.Designer.Board;

/// <summary>What a card shows beside its trigger. Equal looks draw nothing anew.</summary>
/// <param name="Icon">Of what it does first.</param>
/// <param name="Sentence">When, if and then in one line.</param>
/// <param name="Place">Where it stands, for a screen reader.</param>
/// <param name="State">On or off, and its errors, for a screen reader.</param>
/// <param name="Difference">new or edited against what is published; null for the same.</param>
/// <param name="Errors">Problems that keep it from being published.</param>
public sealed record CardLook(
    string Id, string Name, string Icon, string Sentence, string Place, string State, bool Enabled, string? Difference, int Errors, int Warnings, CardNumbers? Numbers, bool Chosen, bool Reachable, string Bands, TrialMark? Trial);

/// <summary>What a trial showed for a card.</summary>
/// <param name="State">fired, skipped, waits or failed.</param>
/// <param name="Text">In words.</param>
public sealed record TrialMark(string State, string Text);
