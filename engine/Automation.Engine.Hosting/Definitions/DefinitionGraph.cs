using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>An activity in its place.</summary>
/// <param name="Port">What holds it there: the port, or the label of its case.</param>
public sealed record GraphNode(JObject Activity, string Port, string NodeId, GraphNode? Parent)
{
    public IReadOnlyList<GraphNode> Children { get; internal set; } = [];

    /// <summary>It and everything below it.</summary>
    public IEnumerable<GraphNode> All => Children.SelectMany(child => child.All).Prepend(this);
}

/// <summary>The tree of a definition's activities, with those of a workflow that one of them stands for.</summary>
public static class DefinitionGraph
{
    /// <param name="document">As it is stored, or as Studio reads it.</param>
    /// <returns>The root activity's node; null when the document has none.</returns>
    public static GraphNode? Of(JObject document) =>
        document["root"] is JObject root ? Below(root, "Root", $"{DefinitionDocument.RootNode}:{IdOf(root)}", null) : null;

    /// <summary>Node of that id; where the document itself has none, the one inside a workflow that is used as an activity on the way there.</summary>
    /// <param name="document">As Studio reads it.</param>
    public static async Task<GraphNode?> FindAsync(AccountId account, JObject document, string nodeId, DefinitionService definitions, AccountActivities activities, CancellationToken cancellationToken)
    {
        var at = Of(document);
        while (at is not null && at.NodeId != nodeId)
        {
            var next = Towards(at, nodeId);
            if (next is null && await OpenAsync(account, at, definitions, activities, cancellationToken)) next = Towards(at, nodeId);
            at = next;
        }

        if (at is { Children.Count: 0 }) await OpenAsync(account, at, definitions, activities, cancellationToken);
        return at;
    }

    private static GraphNode? Towards(GraphNode node, string nodeId) =>
        node.Children.FirstOrDefault(child => child.NodeId == nodeId || nodeId.StartsWith(child.NodeId + ":", StringComparison.Ordinal));

    /// <summary>Puts the root of the workflow that an activity stands for under it.</summary>
    private static async Task<bool> OpenAsync(AccountId account, GraphNode node, DefinitionService definitions, AccountActivities activities, CancellationToken cancellationToken)
    {
        var activity = DefinitionDocument.Unwrapped(node.Activity);
        if (activity["workflowDefinitionId"] is not JValue { Type: JTokenType.String } id || node.Activity["root"] is JObject) return false;
        var version = (string?)activity["workflowDefinitionVersionId"] is { Length: > 0 } pinned ? await definitions.FindVersionAsync(account, pinned, cancellationToken) : null;
        version ??= await definitions.FindAsync(account, (string)id!, "Published", cancellationToken);
        if (version is null || RunJson.Parse(version.Document)["root"] is not JObject root) return false;
        node.Activity["root"] = DefinitionDocument.Placed(root, node.NodeId, activities);
        var inside = (JObject)node.Activity["root"]!;
        node.Children = [Below(inside, "Root", $"{node.NodeId}:{IdOf(inside)}", node)];
        return true;
    }

    private static GraphNode Below(JObject activity, string port, string nodeId, GraphNode? parent)
    {
        var node = new GraphNode(activity, port, nodeId, parent);
        node.Children = [.. DefinitionDocument.Children(activity).Select(child => Below(child, Port(activity, child), $"{nodeId}:{IdOf(child)}", node))];
        return node;
    }

    private static string Port(JObject activity, JObject child)
    {
        if (child.Parent is JProperty { Parent: JObject holder } && !ReferenceEquals(holder, activity) && (holder["label"] ?? holder["statusCode"]) is JValue label) return label.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var member = child.Ancestors().OfType<JProperty>().First(member => ReferenceEquals(member.Parent, activity)).Name;
        return char.ToUpperInvariant(member[0]) + member[1..];
    }

    private static string IdOf(JObject activity) => (string?)activity["id"] is { Length: > 0 } id ? id : "root";
}
