using System.Text;
using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>What the engine and the designer know of a workflow that is used as an activity.</summary>
public static class CompositeDescriber
{
    /// <summary>The type name that its activities carry: its name in PascalCase, or its definition id where the name has no letter.</summary>
    public static string TypeName(string? name, string definitionId)
    {
        var text = new StringBuilder();
        var isStart = true;
        foreach (var letter in name ?? "")
        {
            if (char.IsLetterOrDigit(letter)) text.Append(isStart ? char.ToUpperInvariant(letter) : letter);
            isStart = !char.IsLetterOrDigit(letter);
        }

        return text.Length > 0 ? text.ToString() : definitionId;
    }

    /// <summary>True when its options say that others may use it.</summary>
    public static bool IsUsable(JObject document) => (bool?)(document["options"] as JObject)?["usableAsActivity"] == true || (document["usableAsActivity"] is JValue { Value: true });

    public static ActivityDescriptor Describe(CompositeDefinition composite)
    {
        var document = composite.Document;
        var name = TypeName((string?)document["name"], composite.DefinitionId);
        var outcomes = (document["outcomes"] as JArray ?? []).Select(outcome => (string?)outcome).OfType<string>().Where(outcome => outcome.Length > 0).ToList();
        var category = (string?)(document["options"] as JObject)?["activityCategory"];
        return new ActivityDescriptor
        {
            ActivityType = typeof(WorkflowDefinitionActivity),
            TypeName = name,
            Namespace = "",
            Name = name,
            Version = composite.Version,
            Category = category is { Length: > 0 } ? category : "Workflows",
            CategoryRu = category is { Length: > 0 } ? null : "Сценарии",
            DisplayName = (string?)document["name"] ?? name,
            Description = (string?)document["description"],
            Kind = ActivityKind.Action,
            IsDeterministic = true,
            IsIdempotent = false,
            IsContainer = false,
            IsBrowsable = true,
            IsStart = false,
            IsTerminal = false,
            Inputs = [.. Members(document, "inputs").Select(Input)],
            Outputs = [.. Members(document, "outputs").Select(Output)],
            Ports = [],
            Outcomes = outcomes.Count > 0 ? outcomes : ["Done"],
            Structure = [],
            Composite = composite,
        };
    }

    private static IEnumerable<(JObject Json, string Name)> Members(JObject document, string list) =>
        from member in (document[list] as JArray ?? []).OfType<JObject>()
        let name = (string?)member["name"]
        where name is { Length: > 0 }
        select (member, name);

    private static InputDescriptor Input((JObject Json, string Name) input) => new(input.Name, ActivityDescriber.CamelCase(input.Name), TypeOf(input.Json), true, new InputAttribute
    {
        DisplayName = (string?)input.Json["displayName"] is { Length: > 0 } shown ? shown : null,
        Description = (string?)input.Json["description"],
        Category = (string?)input.Json["category"],
        UIHint = (string?)input.Json["uiHint"] is { Length: > 0 } hint ? hint : null,
        DefaultSyntax = ExpressionTypes.Literal,
    }, null);

    private static OutputDescriptor Output((JObject Json, string Name) output) => new(output.Name, ActivityDescriber.CamelCase(output.Name), TypeOf(output.Json), new OutputAttribute
    {
        DisplayName = (string?)output.Json["displayName"] is { Length: > 0 } shown ? shown : null,
        Description = (string?)output.Json["description"],
    }, null);

    private static Type TypeOf(JObject member) => VariableTypes.Scalar((string?)member["type"] ?? "Object", (bool?)member["isArray"] == true || (bool?)member["isCollection"] == true) ?? typeof(JToken);
}
