using Automation.Engine.Api.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>What Studio switches on only where the server says that it has it.</summary>
internal static class FeatureEndpoints
{
    private static readonly IReadOnlyList<JObject> Installed =
    [
        Feature("RealTimeWorkflowUpdates", "Live updates", "The viewer of a run is told what happens instead of asking."),
        Feature("Resilience", "Retry strategies", "A step says how often its action is tried again."),
    ];

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/features/installed", () => new JsonAnswer(new JObject { ["items"] = new JArray(Installed), ["count"] = Installed.Count }));
        elsa.MapGet("/features/installed/{fullName}", (string fullName) => new JsonAnswer(Installed.FirstOrDefault(feature => (string?)feature["fullName"] == fullName) ?? throw ApiProblem.NotFound("There is no such feature.")));
    }

    private static JObject Feature(string name, string displayName, string description) => new()
    {
        ["name"] = name,
        ["namespace"] = "Elsa",
        ["fullName"] = $"Elsa.{name}",
        ["displayName"] = displayName,
        ["description"] = description,
    };
}
