using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>When a further run of a workflow may start: Elsa's <c>activationStrategyType</c>.</summary>
/// <param name="IsSingleton">While no other run of the workflow is open.</param>
/// <param name="IsCorrelated">While no other open run has the correlation id.</param>
public readonly record struct ActivationStrategy(bool IsSingleton, bool IsCorrelated)
{
    /// <summary>It may start always.</summary>
    public bool IsNone => !IsSingleton && !IsCorrelated;

    /// <summary>Of a definition's document. Elsa's files hold the .NET names of the strategies, Studio gives back what the list of strategies says: both name them by these words.</summary>
    public static ActivationStrategy Of(JObject document)
    {
        var name = (string?)(document["options"] as JObject)?["activationStrategyType"] ?? "";
        return new(name.Contains("Singleton", StringComparison.Ordinal), name.Contains("Correlat", StringComparison.Ordinal));
    }
}
