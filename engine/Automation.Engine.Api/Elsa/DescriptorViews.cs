using Automation.Engine.Api.Activities;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Activities as Elsa Studio's palette and property panel read them.</summary>
/// <param name="english">Captions in English; Russian otherwise.</param>
/// <param name="crm">Stages, fields and users for the lists; null where no CRM was read yet.</param>
internal sealed class DescriptorViews(bool english, CrmDirectory? crm)
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
        ["crm-users"] = "multitext",
        ["crm-pipelines"] = "multitext",
        ["crm-stages"] = "multitext",
        ["working-duration"] = "singleline",
        ["wall-time"] = "singleline",
        ["connection"] = "singleline",
        ["calendar"] = "singleline",
        ["crm-field-name"] = "singleline",
    };

    public JObject Of(ActivityDescriptor activity) => new()
    {
        ["typeName"] = activity.TypeName,
        ["namespace"] = activity.Namespace,
        ["name"] = activity.Name,
        ["version"] = activity.Version,
        ["category"] = Say(activity.CategoryRu, activity.Category),
        ["displayName"] = Say(activity.DisplayNameRu, activity.DisplayName),
        ["description"] = Say(activity.DescriptionRu, activity.Description ?? ""),
        ["inputs"] = new JArray(activity.Inputs.Select(Of)),
        ["outputs"] = new JArray(activity.Outputs.Select(Of)),
        ["kind"] = activity.Kind.ToString(),
        ["runAsynchronously"] = activity.RunAsynchronously,
        ["ports"] = new JArray(activity.Ports.Select(port => Port(port.Name, port.DisplayName, "Embedded", port.IsBrowsable)).Concat(Outcomes(activity))),
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
        if (activity.IsResilient) (marks["Resilient"], marks["ResilienceCategory"]) = (true, "Default");
        return marks;
    }

    // An activity without flow ports shows one port Done by itself; what is a terminal shows none.
    private IEnumerable<JObject> Outcomes(ActivityDescriptor activity) =>
        activity.Outcomes is ["Done"] && activity.Ports.Count == 0 ? [] : activity.Outcomes.Select(outcome => Port(outcome, Say(OutcomeWords.Of(outcome, english: false), outcome), "Flow", true));

    private static JObject Port(string name, string displayName, string type, bool browsable) =>
        new() { ["name"] = name, ["displayName"] = displayName, ["type"] = type, ["isBrowsable"] = browsable };

    private JObject Of(InputDescriptor input)
    {
        var attribute = input.Attribute;
        var view = new JObject
        {
            ["name"] = input.Name,
            ["typeName"] = TypeAlias.Of(input.Type),
            ["displayName"] = Say(attribute.DisplayNameRu, input.DisplayName),
            ["description"] = Say(attribute.DescriptionRu, attribute.Description ?? ""),
            ["order"] = attribute.Order,
            ["isBrowsable"] = attribute.IsBrowsable,
            ["isSerializable"] = attribute.IsSerializable,
            ["isSynthetic"] = input.Property is null,
            ["isWrapped"] = input.IsWrapped,
            ["uiHint"] = Hints.GetValueOrDefault(input.UIHint, input.UIHint),
            ["defaultSyntax"] = attribute.DefaultSyntax ?? "Literal",
            ["isReadOnly"] = attribute.IsReadOnly,
            ["isSensitive"] = attribute.CanContainSecrets,
            ["autoEvaluate"] = attribute.AutoEvaluate,
        };
        if (attribute.Category is { } category) view["category"] = category;
        if (attribute.DefaultValue is { } value) view["defaultValue"] = value is Enum or TimeSpan ? value.ToString() : JToken.FromObject(value);
        if (Specifications(input, []) is { } specifications) view["uiSpecifications"] = specifications;
        return view;
    }

    private static JObject Of(OutputDescriptor output) => new()
    {
        ["name"] = output.Name,
        ["typeName"] = TypeAlias.Of(output.Type),
        ["displayName"] = output.DisplayName,
        ["description"] = output.Attribute.Description ?? "",
        ["order"] = 0,
        ["isBrowsable"] = output.Attribute.IsBrowsable,
        ["isSerializable"] = output.Attribute.IsSerializable,
        ["isSynthetic"] = output.Property is null,
    };

    /// <summary>What an editor needs beside its name; null for most.</summary>
    /// <param name="provided">What the input's own provider listed. The palette, asked for after every save, does without.</param>
    public JObject? Specifications(InputDescriptor input, IEnumerable<InputOption> provided) => input.UIHint switch
    {
        "dropdown" when input.Attribute.OptionsProvider is not null => Listed(provided.Select(option => (option.Text, option.Value))),
        "crm-pipeline" => Listed((crm?.Pipelines ?? []).Select(pipeline => (pipeline.Name, pipeline.Id))),
        "crm-stage" => Listed((crm?.Pipelines ?? []).SelectMany(pipeline => pipeline.Stages.Select(stage => ($"{pipeline.Name}: {stage.Name}", stage.Id)))),
        "crm-field" => Listed((crm?.Fields ?? []).Select(field => (field.Name, field.Id))),
        "crm-user" => Listed((crm?.Users ?? []).Select(user => (user.Name, user.Id))),
        "checklist" => new JObject { ["checklist"] = new JObject { ["checkList"] = new JObject { ["items"] = new JArray(ActivityForms.Choices(input).Select(choice => new JObject { ["text"] = choice, ["value"] = choice, ["isChecked"] = false })), ["isFlagsEnum"] = false } } },
        "dropdown" => new JObject { ["dropdown"] = new JObject { ["selectList"] = List(ActivityForms.Choices(input).Select(choice => (choice, choice))) } },
        // The editor reads a number here, and a name ends it.
        "code-editor" => new JObject { ["code-editor"] = new JObject { ["language"] = (input.Attribute.DefaultSyntax ?? "").ToLowerInvariant(), ["editorHeight"] = 1, ["singleLineMode"] = false } },
        "dynamic-outcomes" => new JObject { ["DynamicOutcomesOptions"] = new JObject { ["fixedOutcomes"] = new JArray() } },
        _ => null,
    };

    // Filled by the server: asked for again each time the activity is chosen.
    private static JObject Listed(IEnumerable<(string Text, string Value)> items) => new()
    {
        ["dropdown"] = new JObject { ["selectList"] = List(items) },
        ["Refresh"] = true,
    };

    private static JObject List(IEnumerable<(string Text, string Value)> items) => new()
    {
        ["items"] = new JArray(items.Select(item => new JObject { ["text"] = item.Text, ["value"] = item.Value })),
        ["isFlagsEnum"] = false,
        ["sortItems"] = false,
    };

    private string Say(string? russian, string plain) => english || russian is null ? plain : russian;
}
