using Newtonsoft.Json.Linq;

namespace Automation.Engine.Tests.Workflows;

/// <summary>Writes definition documents as Studio does.</summary>
internal static class Doc
{
    public static JObject Workflow(JObject root, params JObject[] variables) => new() { ["name"] = "Test", ["root"] = root, ["variables"] = new JArray(variables.ToArray<object>()) };

    public static JObject Chart(IEnumerable<JObject> activities, params string[] arrows) => new()
    {
        ["id"] = "chart",
        ["type"] = "Elsa.Flowchart",
        ["version"] = 1,
        ["activities"] = new JArray(activities.ToArray<object>()),
        ["connections"] = new JArray(arrows.Select(Arrow).ToArray<object>()),
    };

    public static JObject Sequence(string id, params JObject[] activities) => new() { ["id"] = id, ["type"] = "Elsa.Sequence", ["activities"] = new JArray(activities.ToArray<object>()) };

    /// <param name="properties">JSON of inputs, outputs and ports, such as <c>{ "text": "hello" }</c>.</param>
    public static JObject Activity(string id, string type, object? properties = null)
    {
        var json = new JObject { ["id"] = id, ["nodeId"] = "Workflow1:chart:" + id, ["name"] = id, ["type"] = type, ["version"] = 1, ["metadata"] = new JObject { ["designer"] = new JObject() } };
        json.Merge(properties is null ? new JObject() : JObject.FromObject(properties));
        return json;
    }

    public static JObject Line(string id, object? text = null) => Activity(id, "Elsa.WriteLine", new { text = text ?? Literal(id) });

    public static JObject Set(string id, string variable, object value) => Activity(id, "Elsa.SetVariable", new { variable = new { id = variable, name = variable }, value });

    public static JObject Literal(object? value) => Expression("Literal", value);

    public static JObject NCalc(string source) => Expression("NCalc", source);

    public static JObject Script(string source) => Expression("JavaScript", source);

    public static JObject Variable(string name, object? value = null, string type = "Object") => JObject.FromObject(new { id = name, name, typeName = type, value });

    public static JObject Expression(string type, object? value) => JObject.FromObject(new { typeName = (string?)null, expression = new { type, value } });

    public static JObject Output(string variable) => JObject.FromObject(new { typeName = "Object", memoryReference = new { id = variable } });

    // "a>b" or "a:True>b"
    private static JObject Arrow(string arrow)
    {
        var ends = arrow.Split('>');
        var source = ends[0].Split(':');
        return JObject.FromObject(new { source = new { activity = source[0], port = source.Length > 1 ? source[1] : "Done" }, target = new { activity = ends[1], port = "In" } });
    }
}
