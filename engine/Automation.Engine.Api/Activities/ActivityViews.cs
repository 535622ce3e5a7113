using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Activities;

/// <summary>An activity as forms and palettes are made from it; the same metadata that Elsa Studio is given, in the language of who asks.</summary>
/// <param name="Outcomes">Exits of it in a flowchart, by their name in documents; <c>Done</c> alone for most.</param>
/// <param name="Listed">True for those that stand in a list of actions; false for containers and what only diagrams use.</param>
/// <param name="OutcomeNames">The exits in words, by their name in documents.</param>
public sealed record ActivityView(
    string Type, int Version, string Name, string Category, string? Description, IReadOnlyList<string> Outcomes, bool IsContainer, bool Listed, IReadOnlyList<ActivityInputView> Inputs,
    IReadOnlyDictionary<string, string>? OutcomeNames = null);

/// <param name="Name">The property in documents.</param>
/// <param name="Type">Elsa's alias: String, Int32, Boolean, Object …</param>
/// <param name="Hint">single-line, multi-line, multi-text, checkbox, condition, dropdown, checklist, number, date-time, duration, working-duration, json, code-editor, variable-picker, crm-stage, crm-stages, crm-field, crm-user, crm-users, crm-pipeline, crm-pipelines, or what an activity of a plug-in names.</param>
/// <param name="DefaultSyntax">Literal, Liquid, NCalc, JavaScript, Object.</param>
/// <param name="Options">What can be chosen; absent where anything can be written.</param>
/// <param name="Wrapped">True for an expression (<c>{typeName, expression}</c>), false for a bare value.</param>
/// <param name="Required">The step does nothing without it.</param>
/// <param name="Syntaxes">How its value may be given, the first by default; one alone for a bare value.</param>
/// <param name="Instead">Name of the input that does instead, for one that is required; absent for most.</param>
public sealed record ActivityInputView(
    string Name, string Label, string? Description, string Type, string Hint, string DefaultSyntax, JToken? Default, string? Category, float Order, bool Secret, bool Wrapped, IReadOnlyList<ActivityOption>? Options,
    bool Required = false, IReadOnlyList<string>? Syntaxes = null, string? Instead = null);

public sealed record ActivityOption(string Value, string Text);
