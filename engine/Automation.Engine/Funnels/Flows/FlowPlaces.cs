using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>Finds a free place on the diagram for a step that has none: to the right of the one before it.</summary>
internal sealed class FlowPlaces(IReadOnlyList<JObject> activities)
{
    // Studio's own boxes are about 200 × 50.
    private const double Right = 280;
    private const double Down = 120;
    private const double Edge = 80;

    private readonly Dictionary<string, (double X, double Y)> places = activities.Where(HasPlace).ToDictionary(activity => (string)activity["id"]!, PlaceOf, StringComparer.Ordinal);

    /// <param name="before">Null: it is the first.</param>
    public JObject Placed(JObject activity, JObject? before)
    {
        if (HasPlace(activity)) return activity;
        var (x, y) = before is not null && places.TryGetValue((string)before["id"]!, out var last) ? (last.X + Right, last.Y) : (Edge, Edge);
        while (places.Values.Any(other => Math.Abs(other.X - x) < Right * 0.8 && Math.Abs(other.Y - y) < Down * 0.8)) y += Down;
        places[(string)activity["id"]!] = (x, y);
        var placed = (JObject)activity.DeepClone();
        if (placed["metadata"] is not JObject metadata) placed["metadata"] = metadata = [];
        if (metadata["designer"] is not JObject designer) metadata["designer"] = designer = [];
        designer["position"] = new JObject { ["x"] = x, ["y"] = y };
        return placed;
    }

    private static bool HasPlace(JObject activity) => activity.SelectToken("metadata.designer.position.x") is { Type: JTokenType.Integer or JTokenType.Float };

    private static (double X, double Y) PlaceOf(JObject activity) => (Number(activity, "x"), Number(activity, "y"));

    private static double Number(JObject activity, string axis) =>
        activity.SelectToken($"metadata.designer.position.{axis}") is JValue { Value: IConvertible value } ? value.ToDouble(CultureInfo.InvariantCulture) : Edge;
}
