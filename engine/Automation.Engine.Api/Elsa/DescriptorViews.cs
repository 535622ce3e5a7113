using Automation.Engine.Api.Activities;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Activities as Elsa Studio's palette and property panel read them.</summary>
/// <param name="english">Captions in English; Russian otherwise.</param>
/// <param name="lists">Captions of their choices are in the same language.</param>
internal sealed class DescriptorViews(bool english, InputLists lists)
{
    // Hints of our own, and what Studio calls them.
    private static readonly Dictionary<string, string> Hints = new(StringComparer.Ordinal)
    {
        ["multi-line"] = "multiline",
        ["multi-text"] = "multitext",
        ["crm-pipeline"] = "dropdown",
        ["crm-stage"] = "dropdown",
        ["crm-field"] = "dropdown",
        ["crm-user"] = "dropdown",
        ["crm-users"] = "checklist",
        ["crm-pipelines"] = "checklist",
        ["crm-stages"] = "checklist",
        ["crm-field-name"] = "dropdown",
        ["connection"] = "dropdown",
        ["calendar"] = "dropdown",
        ["working-duration"] = "singleline",
        ["wall-time"] = "singleline",
    };

    public JObject Of(ActivityDescriptor activity) => new()
    {
        ["typeName"] = activity.TypeName,
        ["namespace"] = activity.Namespace,
        ["name"] = activity.Name,
        ["version"] = activity.Version,
        ["category"] = Say(activity.CategoryRu, activity.Category),
        ["displayName"] = Say(activity.DisplayNameRu, activity.DisplayName),
        ["description"] = Explain(activity.DisplayNameRu, activity.DescriptionRu, activity.Description),
        ["inputs"] = new JArray(activity.Inputs.Select(Of)),
        ["outputs"] = new JArray(activity.Outputs.Select(Of)),
        ["kind"] = activity.Kind.ToString(),
        ["runAsynchronously"] = activity.RunAsynchronously,
        ["ports"] = new JArray(activity.Ports.Select(port => Port(port.Name, Say(port.DisplayNameRu, port.DisplayName), "Embedded", port.IsBrowsable)).Concat(Outcomes(activity))),
        ["customProperties"] = Marks(activity),
        ["constructionProperties"] = activity.Composite is { } composite ? new JObject { ["workflowDefinitionId"] = composite.DefinitionId, ["workflowDefinitionVersionId"] = composite.VersionId, ["latestAvailablePublishedVersion"] = composite.Version, ["latestAvailablePublishedVersionId"] = composite.VersionId } : new JObject(),
        ["isContainer"] = activity.IsContainer,
        ["isBrowsable"] = activity.IsBrowsable,
        ["isStart"] = activity.IsStart,
        ["isTerminal"] = activity.IsTerminal,
    };

    private static JObject Marks(ActivityDescriptor activity)
    {
        var marks = new JObject();
        if (activity.Composite is not null) marks["RootType"] = nameof(WorkflowDefinitionActivity);
        if (activity.IsResilient) (marks["Resilient"], marks["ResilienceCategory"]) = (true, activity.ResilienceCategory);
        return marks;
    }

    // An activity without flow ports shows one port Done by itself, in English; what is a terminal shows none. Ways out that a person
    // makes up take its place.
    private IEnumerable<JObject> Outcomes(ActivityDescriptor activity) =>
        activity.Outcomes is ["Done"] && activity.Ports.Count == 0 && (english || activity.Inputs.Any(input => input.UIHint is "dynamic-outcomes" or "flow-switch-editor")) ? [] : activity.Outcomes.Select(outcome => Port(outcome, Say(OutcomeWords.Of(outcome, english: false), outcome), "Flow", true));

    private static JObject Port(string name, string displayName, string type, bool browsable) =>
        new() { ["name"] = name, ["displayName"] = displayName, ["type"] = type, ["isBrowsable"] = browsable };

    private JObject Of(InputDescriptor input)
    {
        var (attribute, hint) = (input.Attribute, HintOf(input));
        var view = new JObject
        {
            ["name"] = input.Name,
            ["typeName"] = TypeAlias.Of(input.Type),
            ["displayName"] = Say(attribute.DisplayNameRu, input.DisplayName),
            ["description"] = Explain(attribute.DisplayNameRu, attribute.DescriptionRu, attribute.Description),
            ["order"] = attribute.Order,
            ["isBrowsable"] = attribute.IsBrowsable,
            ["isSerializable"] = attribute.IsSerializable,
            ["isSynthetic"] = input.Property is null,
            ["isWrapped"] = input.IsWrapped,
            ["uiHint"] = hint,
            ["defaultSyntax"] = attribute.DefaultSyntax ?? "Literal",
            ["isReadOnly"] = attribute.IsReadOnly,
            ["isSensitive"] = attribute.CanContainSecrets,
            ["autoEvaluate"] = attribute.AutoEvaluate,
        };
        if (attribute.Category is { } category) view["category"] = Say(attribute.CategoryRu, category);
        if (attribute.DefaultValue is { } value) view["defaultValue"] = value is Enum or TimeSpan ? value.ToString() : JToken.FromObject(value);
        if (Specifications(input, []) is { } specifications) view["uiSpecifications"] = specifications;
        return view;
    }

    private JObject Of(OutputDescriptor output) => new()
    {
        ["name"] = output.Name,
        ["typeName"] = TypeAlias.Of(output.Type),
        ["displayName"] = Say(output.Attribute.DisplayNameRu, output.DisplayName),
        ["description"] = Explain(output.Attribute.DisplayNameRu, output.Attribute.DescriptionRu, output.Attribute.Description),
        ["order"] = 0,
        ["isBrowsable"] = output.Attribute.IsBrowsable,
        ["isSerializable"] = output.Attribute.IsSerializable,
        ["isSynthetic"] = output.Property is null,
    };

    /// <summary>What an editor needs beside its name; null for most.</summary>
    /// <param name="provided">What the input's own provider listed. The palette, asked for after every save, does without.</param>
    public JObject? Specifications(InputDescriptor input, IReadOnlyList<InputOption> provided) => HintOf(input) switch
    {
        "dropdown" => Listed(input, "dropdown", "selectList", [.. Items(input, provided).Select(Item)]),
        "radiolist" => Listed(input, "radiolist", "radioList", [.. Items(input, provided).Select(Item)]),
        "checklist" => Listed(input, "checklist", "checkList", [.. Items(input, provided).Select(option => new JObject(Item(option)) { ["isChecked"] = false })]),
        // The editor reads a number here, and a name ends it.
        "code-editor" => new JObject { ["code-editor"] = new JObject { ["language"] = (input.Attribute.DefaultSyntax ?? "").ToLowerInvariant(), ["editorHeight"] = 1, ["singleLineMode"] = false } },
        "dynamic-outcomes" => new JObject { ["DynamicOutcomesOptions"] = new JObject { ["fixedOutcomes"] = new JArray() } },
        _ => null,
    };

    // Where there is nothing to choose from, it is written by hand.
    private string HintOf(InputDescriptor input)
    {
        var hint = Hints.GetValueOrDefault(input.UIHint, input.UIHint);
        if (hint is not ("dropdown" or "checklist" or "radiolist") || input.Attribute.OptionsProvider is not null || lists.Of(input, null) is not null) return hint;
        return hint is "checklist" || TypeAlias.Of(input.Type).EndsWith("[]", StringComparison.Ordinal) ? "multitext" : "singleline";
    }

    private IReadOnlyList<ActivityOption> Items(InputDescriptor input, IReadOnlyList<InputOption> provided) => lists.Of(input, provided) ?? [];

    private static JObject Item(ActivityOption option) => new() { ["text"] = option.Text, ["value"] = option.Value };

    // What the server fills is asked for again each time the activity is chosen.
    private static JObject Listed(InputDescriptor input, string editor, string list, JArray items)
    {
        var specifications = new JObject { [editor] = new JObject { [list] = new JObject { ["items"] = items, ["isFlagsEnum"] = false, ["sortItems"] = false } } };
        if (InputLists.IsLive(input)) specifications["Refresh"] = true;
        return specifications;
    }

    private string Explain(string? name, string? russian, string? plain) => Wording.Explain(english, name, russian, plain) ?? "";

    private string Say(string? russian, string plain) => Wording.Of(english, russian, plain);
}
