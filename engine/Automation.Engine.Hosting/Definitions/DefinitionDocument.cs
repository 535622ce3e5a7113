using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>
/// A workflow definition on its way out to Elsa Studio and back in. Nothing is lost: what nobody here understands stays where it is, and an
/// activity type that this server lacks travels inside a placeholder that Studio can draw.
/// </summary>
public static class DefinitionDocument
{
    /// <summary>Version of the format that is written where a document names none.</summary>
    public const string ToolVersion = "3.8.2.0";

    /// <summary>Node id of the workflow itself: those of its activities begin with it.</summary>
    public const string RootNode = "Workflow1";

    private const string Placeholder = "Elsa.NotFoundActivity";

    // The server's own: never part of what is stored.
    private static readonly string[] Served = ["id", "definitionId", "tenantId", "createdAt", "version", "isReadonly", "isSystem", "isLatest", "isPublished", "links", "$schema"];
    private static readonly string[] Lists = ["variables", "inputs", "outputs", "outcomes"];
    private static readonly string[] Objects = ["customProperties", "options"];

    // Members of an activity in which no activity lies.
    private static readonly HashSet<string> Opaque = new(StringComparer.OrdinalIgnoreCase) { "customProperties", "metadata", "variables", "connections" };

    /// <summary>What is stored of a document that was sent: without what the server knows better, with lists instead of nulls and an id for every activity.</summary>
    /// <param name="newId">Gives ids to activities that have none.</param>
    public static JObject Taken(JObject sent, Func<string> newId)
    {
        var document = (JObject)sent.DeepClone();
        foreach (var name in Served) document.Remove(name);
        foreach (var name in Lists)
            if (document[name] is not JArray) document[name] = new JArray();
        foreach (var name in Objects)
            if (document[name] is not JObject) document[name] = new JObject();
        if (document["root"] is not JObject root) document["root"] = root = new JObject { ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = new JArray(), ["connections"] = new JArray() };
        document["root"] = Walk(root, activity =>
        {
            activity = Unwrapped(activity);
            if ((string?)activity["id"] is not { Length: > 0 }) activity["id"] = newId();
            activity.Remove("nodeId");
            return activity;
        });
        return document;
    }

    /// <summary>The document as Studio reads it: every activity with its node id, unknown types as placeholders, connections in today's form.</summary>
    public static JObject Given(JObject stored, AccountActivities activities)
    {
        var document = (JObject)stored.DeepClone();
        foreach (var name in Lists)
            if (document[name] is not JArray) document[name] = new JArray();
        foreach (var name in Objects)
            if (document[name] is not JObject) document[name] = new JObject();
        if (!System.Version.TryParse((string?)document["toolVersion"], out _)) document["toolVersion"] = ToolVersion;
        if (document["root"] is JObject root) document["root"] = Placed(root, RootNode, activities);
        return document;
    }

    /// <summary>Every activity of a document, the outer ones first.</summary>
    public static IEnumerable<JObject> Activities(JObject document) => document["root"] is JObject root ? Within(root) : [];

    private static IEnumerable<JObject> Within(JObject activity) => new[] { activity }.Concat(Children(activity).SelectMany(Within));

    /// <summary>An activity as Studio reads it, under the node id of what holds it. Changes the one that is given.</summary>
    public static JObject Placed(JObject activity, string parent, AccountActivities activities)
    {
        if ((string?)activity["id"] is not { Length: > 0 } id) activity["id"] = id = "root";
        var node = $"{parent}:{id}";
        var (type, version) = ((string?)activity["type"] ?? "", (int?)activity["version"] ?? 1);
        if (activities.Find(type, version) is null && type != Placeholder)
            return new()
            {
                ["id"] = id,
                ["nodeId"] = node,
                ["name"] = activity["name"] ?? id,
                ["type"] = Placeholder,
                ["version"] = 1,
                ["missingTypeName"] = type,
                ["missingTypeVersion"] = version,
                ["originalActivityJson"] = activity.ToString(Formatting.None),
                ["customProperties"] = activity["customProperties"]?.DeepClone() ?? new JObject(),
                ["metadata"] = activity["metadata"]?.DeepClone() ?? new JObject(),
            };
        (activity["nodeId"], activity["version"]) = (node, version);
        ChartConnections.Mend(activity);
        foreach (var child in Children(activity).ToList()) Put(child, Placed(child, node, activities));
        return activity;
    }

    /// <summary>What a placeholder stands for, where it stands; any other activity as it is.</summary>
    public static JObject Unwrapped(JObject activity)
    {
        if ((string?)activity["type"] != Placeholder || (string?)activity["originalActivityJson"] is not { Length: > 0 } text || !TryParse(text, out var original)) return activity;
        (original["id"], original["metadata"]) = (activity["id"] ?? original["id"], activity["metadata"] ?? original["metadata"]);
        return original;
    }

    private static bool TryParse(string text, out JObject json)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 };
            json = JObject.Load(reader);
            return true;
        }
        catch (JsonException)
        {
            json = [];
            return false;
        }
    }

    private static JObject Walk(JObject activity, Func<JObject, JObject> change)
    {
        var changed = change(activity);
        foreach (var child in Children(changed).ToList()) Put(child, Walk(child, change));
        return changed;
    }

    // What was changed in place stays there: putting it where it is would copy it, at every level anew.
    private static void Put(JObject child, JObject changed)
    {
        if (!ReferenceEquals(child, changed)) child.Replace(changed);
    }

    /// <summary>Activities directly inside: in ports, in lists, in the cases of a switch.</summary>
    public static IEnumerable<JObject> Children(JObject activity) =>
        activity.Properties().Where(member => !Opaque.Contains(member.Name)).SelectMany(member => In(member.Value));

    private static IEnumerable<JObject> In(JToken value) => value switch
    {
        // An input: what stands in it is data, whatever it looks like.
        JObject input when input["expression"] is not null || input["memoryReference"] is not null => [],
        JObject activity when activity["type"] is JValue { Type: JTokenType.String } && (activity["version"] is not null || activity["id"] is not null) => [activity],
        JObject other => other.Properties().SelectMany(member => In(member.Value)),
        JArray list => list.SelectMany(In),
        _ => [],
    };
}
