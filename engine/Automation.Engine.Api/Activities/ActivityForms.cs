using Automation.Engine.Expressions;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Activities;

/// <summary>Makes the views of activities from what their classes declare.</summary>
/// <param name="english">Captions in English; Russian otherwise.</param>
/// <param name="lists">Captions of their choices are in the same language.</param>
public sealed class ActivityForms(bool english, InputLists lists)
{
    // What only diagrams use, or what lists offer in their own way: as a branch, a wait, an end.
    private static readonly HashSet<string> Unlisted = new(StringComparer.Ordinal)
    {
        "Elsa.FlowDecision", "Elsa.FlowFork", "Elsa.FlowJoin", "Elsa.FlowSwitch", "Elsa.End", "Elsa.Start", "Elsa.Finish", "Elsa.Complete", "Elsa.Break", "Elsa.HttpEndpoint",
        "Elsa.WriteHttpResponse", "Elsa.WriteFileHttpResponse", "Elsa.SetOutput", "Elsa.Timer", "Elsa.Cron", "Automation.WaitForEvent", "Elsa.NotFoundActivity",
        "Elsa.Correlate", "Elsa.Delay", "Elsa.DispatchWorkflow", "Elsa.Event", "Elsa.ExecuteWorkflow", "Elsa.Fault", "Elsa.Log", "Elsa.RunTask", "Elsa.SetName", "Elsa.SetVariable", "Elsa.WriteLine",
    };

    private static readonly Dictionary<string, string> Hints = new(StringComparer.Ordinal)
    {
        ["singleline"] = "single-line",
        ["multiline"] = "multi-line",
        ["multitext"] = "multi-text",
        ["datetime-picker"] = "date-time",
        ["wall-time"] = "date-time",
        ["json-editor"] = "json",
        ["dictionary"] = "json",
    };

    private static readonly HashSet<string> Numbers = new(StringComparer.Ordinal) { "Int16", "Int32", "Int64", "Single", "Double", "Decimal" };

    private static readonly string[] Values = [ExpressionTypes.Literal, ExpressionTypes.Liquid, ExpressionTypes.NCalc, ExpressionTypes.JavaScript];

    private static readonly string[] Lists = [ExpressionTypes.Object, ExpressionTypes.JavaScript];

    // In this order; the others behind them by name.
    private static readonly string[] Categories = ["CRM", "Scheduling", "HTTP", "Scripting"];

    /// <param name="provided">Choices that an input's own provider listed, by the input's name; null for none.</param>
    public ActivityView Of(ActivityDescriptor activity, IReadOnlyDictionary<string, IReadOnlyList<InputOption>>? provided = null) => new(
        activity.TypeName, activity.Version, Say(activity.DisplayNameRu, activity.DisplayName), Say(activity.CategoryRu, activity.Category), Explain(activity.DisplayNameRu, activity.DescriptionRu, activity.Description),
        activity.Outcomes, activity.IsContainer, IsListed(activity), [.. activity.Inputs.Where(input => input.Attribute.IsBrowsable).Select(input => Of(input, activity.InsteadOf(input)?.JsonName, provided?.GetValueOrDefault(input.Name)))],
        activity.Outcomes.ToDictionary(outcome => outcome, outcome => OutcomeWords.Of(outcome, english), StringComparer.Ordinal));

    /// <summary>Place of an activity's category among the others.</summary>
    public static int Rank(ActivityDescriptor activity) => Array.IndexOf(Categories, activity.Category) is >= 0 and var at ? at : Categories.Length;

    private static bool IsListed(ActivityDescriptor activity) =>
        activity is { IsBrowsable: true, IsContainer: false, IsStart: false, Ports.Count: 0 } && !Unlisted.Contains(activity.TypeName);

    private ActivityInputView Of(InputDescriptor input, string? instead, IReadOnlyList<InputOption>? provided)
    {
        var (attribute, type, options) = (input.Attribute, TypeAlias.Of(input.Type), Options(input, provided));
        var hint = HintOf(input, type, options);
        var syntaxes = Syntaxes(input, type, hint);
        return new(
            input.JsonName, Say(attribute.DisplayNameRu, input.DisplayName), Enumerates(input, attribute.Description) ? null : Explain(attribute.DisplayNameRu, attribute.DescriptionRu, attribute.Description), type, hint, syntaxes[0],
            attribute.DefaultValue is { } value ? value is Enum or TimeSpan ? value.ToString() : JToken.FromObject(value) : null, attribute.Category is { } category ? Say(attribute.CategoryRu, category) : null, attribute.Order, attribute.CanContainSecrets, input.IsWrapped,
            options, attribute.IsRequired, syntaxes, instead);
    }

    private static string HintOf(InputDescriptor input, string type, IReadOnlyList<ActivityOption>? options)
    {
        var hint = Hints.GetValueOrDefault(input.UIHint, input.UIHint);
        // What is one of a list is a list, where there is one to choose from.
        if (hint is "connection" or "calendar" or "crm-field-name") hint = options is null ? "single-line" : "dropdown";
        if (hint is "dropdown" or "checklist" && options is null) hint = type.EndsWith("[]", StringComparison.Ordinal) ? "multi-text" : "single-line";
        if (hint is not "single-line") return hint;
        return type switch
        {
            "TimeSpan" => "duration",
            "DateTime" or "DateTimeOffset" => "date-time",
            // A yes or no that is asked for as a line of text is worked out.
            "Boolean" => input.Attribute.UIHint is null ? "checkbox" : "condition",
            _ when Numbers.Contains(type) => "number",
            _ => hint,
        };
    }

    // The one that the activity prefers goes first.
    private static string[] Syntaxes(InputDescriptor input, string type, string hint)
    {
        if (!input.IsWrapped) return [ExpressionTypes.Literal];
        if (input.Attribute.SupportedSyntaxes is { Length: > 0 } chosen) return chosen;
        if (hint is "condition") return [ExpressionTypes.NCalc, ExpressionTypes.JavaScript];
        if (hint is "code-editor") return [input.Attribute.DefaultSyntax ?? ExpressionTypes.JavaScript];
        string[] all = hint is "json" or "multi-text" or "checklist" or "crm-users" or "crm-pipelines" or "crm-stages" or "dynamic-outcomes" || type.EndsWith("[]", StringComparison.Ordinal) ? Lists : Values;
        return input.Attribute.DefaultSyntax is { } first && first != all[0] ? [first, .. all.Where(one => one != first)] : all;
    }

    // A form has a line of its own for nothing chosen.
    private List<ActivityOption>? Options(InputDescriptor input, IReadOnlyList<InputOption>? provided) =>
        lists.Of(input, provided)?.Where(option => option.Value.Length > 0).ToList() is { Count: > 0 } list ? list : null;

    // Says which choices there are: the list itself says it in words.
    private static bool Enumerates(InputDescriptor input, string? description) =>
        input.UIHint == "dropdown" && description is not null && InputLists.Choices(input).Count(choice => description.Contains(choice, StringComparison.Ordinal)) > 1;

    private string? Explain(string? name, string? russian, string? plain) => Wording.Explain(english, name, russian, plain);

    private string Say(string? russian, string plain) => Wording.Of(english, russian, plain);
}
