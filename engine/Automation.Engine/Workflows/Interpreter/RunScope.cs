using System.Globalization;
using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>What expressions of one execution see. The run's own words win over variables, variables over the CRM's roots.</summary>
internal sealed class RunScope(Execution execution) : IExpressionScope
{
    private static readonly string[] Own = ["input", "variables", "now", "run"];

    // What Elsa's functions of JavaScript read; a variable of the same name goes first.
    private static readonly string[] Elsas = ["workflow", "outputs", "lastResult"];

    public IReadOnlyCollection<string> Roots
    {
        get
        {
            var roots = new HashSet<string>(execution.Burst.Environment.Roots.Roots, StringComparer.Ordinal);
            roots.UnionWith(Own);
            roots.UnionWith(Elsas);
            for (var scope = execution; scope is not null; scope = scope.Parent)
                foreach (var variable in scope.OwnVariables?.Properties() ?? []) roots.Add(variable.Name);
            return roots;
        }
    }

    /// <summary>Looks where the names are, without making a list of them.</summary>
    public string? FindRoot(ReadOnlySpan<char> name) => Find(name, StringComparison.Ordinal) ?? Find(name, StringComparison.OrdinalIgnoreCase);

    public string Account => execution.Subject.Account.ToString();

    public DateTimeOffset Now => execution.Now;

    public TimeZoneInfo TimeZone => execution.TimeZone;

    public string Language => execution.Burst.Environment.Language;

    public async ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken)
    {
        switch (root)
        {
            case "input": return execution.Given;
            case "variables": return Variables(execution);
            case "now": return TimeZoneInfo.ConvertTime(Now, TimeZone).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
            case "run": return Run();
        }
        for (var scope = execution; scope is not null; scope = scope.Parent)
            if (scope.OwnVariables?[root] is { } value) return value;
        switch (root)
        {
            case "workflow": return Workflow();
            case "outputs": return execution.Burst.Results.ByName(execution.Burst.Plan);
            case "lastResult": return execution.Burst.Results.Last;
        }
        try
        {
            return await execution.Burst.Environment.Roots.ReadAsync(root, cancellationToken);
        }
        catch (Exception cause) when (cause is not (OperationCanceledException or ActivityFaultException))
        {
            throw new StepInputException(root, cause);
        }
    }

    private string? Find(ReadOnlySpan<char> name, StringComparison comparison)
    {
        for (var scope = execution; scope is not null; scope = scope.Parent)
        {
            if (scope.OwnVariables is null) continue;
            foreach (var (variable, _) in scope.OwnVariables)
                if (name.Equals(variable, comparison)) return variable;
        }

        return In(Own, name, comparison) ?? In(execution.Burst.Environment.Roots.Roots, name, comparison) ?? In(Elsas, name, comparison);
    }

    private static string? In(IReadOnlyCollection<string> roots, ReadOnlySpan<char> name, StringComparison comparison)
    {
        foreach (var root in roots)
            if (name.Equals(root, comparison)) return root;
        return null;
    }

    /// <summary>Every variable that the execution sees; the nearest of a name wins.</summary>
    public static JObject Variables(Execution execution)
    {
        var all = new JObject();
        for (var scope = execution; scope is not null; scope = scope.Parent)
            foreach (var variable in scope.OwnVariables?.Properties() ?? [])
                if (!all.ContainsKey(variable.Name)) all[variable.Name] = variable.Value;
        return all;
    }

    private JObject Workflow() => new()
    {
        ["instanceId"] = execution.Run.Id.ToString(),
        ["instanceName"] = execution.Run.Name,
        ["correlationId"] = execution.Run.CorrelationId,
        ["definitionId"] = execution.Run.DefinitionId,
        ["definitionVersionId"] = execution.Run.DefinitionVersionId,
        ["definitionVersion"] = execution.Run.DefinitionVersion,
    };

    private JObject Run() => new()
    {
        ["id"] = execution.Run.Id.ToString(),
        ["name"] = execution.Run.Name,
        ["correlationId"] = execution.Run.CorrelationId,
        ["definitionId"] = execution.Run.DefinitionId,
        ["version"] = execution.Run.DefinitionVersion,
        ["triggerId"] = execution.Run.TriggerId,
    };
}
