using Automation.Engine.Accounts;

namespace Automation.Engine.Workflows;

/// <summary>One line of an input's list.</summary>
/// <param name="Text">What a person sees.</param>
/// <param name="Value">What the definition keeps.</param>
public sealed record InputOption(string Text, string Value);

/// <summary>
/// Fills an input's list when somebody edits the activity: <c>[Input(UIHint = "dropdown", OptionsProvider = typeof(…))]</c>. Taken from the
/// services when it is registered there, made with services in its constructor otherwise.
/// </summary>
public interface IInputOptions
{
    /// <summary>Called each time the activity is selected in the editor; a run never asks.</summary>
    /// <param name="account">Whose workflow it is.</param>
    ValueTask<IReadOnlyList<InputOption>> ListAsync(AccountId account, CancellationToken cancellationToken);
}
