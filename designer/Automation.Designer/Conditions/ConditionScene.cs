using Automation.Engine.Api.Conditions;
using Automation.Engine.Expressions.Builder;

namespace Automation.Designer.Conditions;

/// <summary>What every part of a builder draws on, and how it changes the tree.</summary>
/// <param name="Tried">Parts on the chosen deal, by place; empty without one.</param>
/// <param name="Ask">Another tree; false while a value is being typed: it is shown on the deal and not saved yet.</param>
public sealed record ConditionScene(ConditionFields Fields, ConditionWords Words, IReadOnlyDictionary<string, TriedPart> Tried, bool Editable, Func<Func<ConditionGroup, ConditionGroup>, bool, Task> Ask)
{
    /// <summary>Before the ids of what is shown, where a page has several builders.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The line that was just added: it takes the cursor.</summary>
    public string? Fresh { get; init; }
}
